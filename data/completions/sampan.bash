# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Completion of sampan-cli and sampand for bash. Commands and options are asked of the program, so
# that this can name none that it does not have.

# What the help of "$@" lists: commands and options.
_sampan_words() {
  "$@" --help 2>/dev/null | sed -n -E \
    -e 's/^ +(-[[:alnum:]]), (--[a-z-]+).*/\1\n\2/p;t' \
    -e 's/^ +(--[a-z-]+).*/\1/p;t' \
    -e 's/^  ([a-z][a-z-]*)  .*/\1/p'
}

_sampan() {
  local program=$1 current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local command=() word words skip=
  # Readline takes the "=" of an option apart from its value.
  [[ $current == = ]] && current=
  [[ $previous == = && $COMP_CWORD -ge 2 ]] && previous=${COMP_WORDS[COMP_CWORD - 2]}
  COMPREPLY=()
  case $previous in
    --on-conflict) COMPREPLY=($(compgen -W 'ask skip replace newer both fail' -- "$current")); return ;;
    --log-format) COMPREPLY=($(compgen -W 'text json' -- "$current")); return ;;
    --progress) COMPREPLY=($(compgen -W 'auto bar json none' -- "$current")); return ;;
    --password-file | --new-password-file | --state) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  # The command: the first words that are no options, nor values of options.
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ -n $skip ]]; then skip=; [[ $word == = ]] && skip=1; continue; fi
    case $word in
      --password-file | --state | --progress | --reconnect | --listen | --announce-name | --seconds | --log-format) skip=1 ;;
      = | -*) ;;
      *) command+=("$word") ;;
    esac
  done
  # The server's commands may have commands of their own.
  [[ ${program##*/} == sampand ]] && command=("${command[@]:0:2}") || command=("${command[@]:0:1}")
  words=$(_sampan_words "$program" "${command[@]}")
  [[ $current == -* ]] || words=$(grep -v '^-' <<<"$words")
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  # Names on this computer are operands of many commands.
  if [[ ${#COMPREPLY[@]} -eq 0 && $current != -* && ${#command[@]} -gt 0 ]]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}

complete -F _sampan sampan-cli sampand
