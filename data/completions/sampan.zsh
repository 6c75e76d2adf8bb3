#compdef sampan-cli sampand
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Completion of sampan-cli and sampand for zsh. Commands and options are asked of the program, so
# that this can name none that it does not have.

local program=$words[1] word skip= most=1
local -a command help commands options

case $words[CURRENT] in
  --on-conflict=*) compset -P '*='; compadd ask skip replace newer both fail; return ;;
  --progress=*) compset -P '*='; compadd auto bar json none; return ;;
  --password-file=* | --new-password-file=* | --state=*) compset -P '*='; _files; return ;;
esac
case $words[CURRENT-1] in
  --on-conflict) compadd ask skip replace newer both fail; return ;;
  --progress) compadd auto bar json none; return ;;
  --password-file | --new-password-file | --state) _files; return ;;
esac

# The command: the first words that are no options, nor values of options. The server's commands may
# have commands of their own.
[[ $program:t == sampand ]] && most=2
for word in $words[2,CURRENT-1]; do
  if [[ -n $skip ]]; then
    skip=
  elif [[ $word == (--password-file|--state|--progress|--reconnect|--listen|--announce-name|--seconds|--log-format) ]]; then
    skip=1
  elif [[ $word != -* && $#command -lt $most ]]; then
    command+=($word)
  fi
done

help=(${(f)"$(_call_program help $program $command --help 2>/dev/null | sed 's/:/\\:/g')"})
commands=(${(f)"$(print -rl -- $help | sed -n -E 's/^  ([a-z][a-z-]*)  +(.*)/\1:\2/p')"})
options=(${(f)"$(print -rl -- $help | sed -n -E \
  -e 's/^ +(-[[:alnum:]]), (--[a-z-]+)[^ ]* +(.*)/\1:\3\n\2:\3/p;t' \
  -e 's/^ +(--[a-z-]+)[^ ]* +(.*)/\1:\2/p')"})

if [[ $words[CURRENT] == -* ]]; then
  _describe -o option options
elif (( $#commands )); then
  _describe command commands
else
  _files
fi
