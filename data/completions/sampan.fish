# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Completion of sampan-cli and sampand for fish. Commands and options are asked of the program, so
# that this can name none that it does not have.

# The command so far: the first words that are no options, nor values of options. The server's
# commands may have commands of their own.
function __sampan_command
    set -l words (commandline -opc)
    set -l most 1
    test (basename $words[1]) = sampand; and set most 2
    set -l command
    set -l skip
    for word in $words[2..-1]
        if test -n "$skip"
            set skip
        else if contains -- $word --password-file --state --progress --reconnect --listen --announce-name --seconds --log-format
            set skip 1
        else if not string match -q -- '-*' $word; and test (count $command) -lt $most
            set -a command $word
        end
    end
    printf '%s\n' $words[1] $command
end

function __sampan_help
    set -l command (__sampan_command)
    $command --help 2>/dev/null
end

function __sampan_commands
    __sampan_help | string replace -rf '^  ([a-z][a-z-]*)  +(.*)' '$1\t$2'
end

function __sampan_options
    __sampan_help | string replace -rf '^ +(?:-[[:alnum:]], )?(--[a-z-]+)\S* +(.*)' '$1\t$2'
end

function __sampan_wants_option
    string match -q -- '-*' (commandline -ct)
end

function __sampan_wants_command
    not __sampan_wants_option; and test -n "$(__sampan_commands)"
end

# The value of that option is being typed, behind "=" or as a word of its own.
function __sampan_wants_value
    set -l words (commandline -opc)
    test "$words[-1]" = "$argv[1]"; or string match -q -- "$argv[1]=*" (commandline -ct)
end

for program in sampan-cli sampand
    complete -c $program -n __sampan_wants_command -f -a '(__sampan_commands)'
    complete -c $program -n __sampan_wants_option -f -a '(__sampan_options)'
end
complete -c sampan-cli -l on-conflict -x -a 'ask skip replace newer both fail' -n '__sampan_wants_value --on-conflict'
complete -c sampan-cli -l progress -x -a 'auto bar json none' -n '__sampan_wants_value --progress'
