# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of heddle-cli for fish. Workloads and parameters are asked of the program itself.

function __heddle_cli_workloads
    heddle-cli list 2>/dev/null | string match -rg '^  ([a-z][a-z0-9-]*) — (.*)' | paste - - 2>/dev/null
end

# The parameters of the workload on the command line; after the "=" of one, its values.
function __heddle_cli_parameters
    set -l typed (commandline -opc)
    set -l token (string replace -r '^--set=' '' -- (commandline -ct))
    set -l known 0
    if string match -q 'folder=*' -- $token
        for folder in (__fish_complete_directories (string replace 'folder=' '' -- $token) '')
            echo "folder=$folder"
        end
        return
    end
    heddle-cli list 2>/dev/null | while read -l -d \n line
        if set -l workload (string match -rg '^  ([a-z][a-z0-9-]*) —' -- $line)
            contains -- $workload $typed; and set known 1; or set known 0
        else if test $known = 1
            set -l name (string match -rg '^      ([a-z][a-z0-9-]*)=' -- $line); or continue
            if string match -q -- "$name=*" $token
                set -l values (string match -rg '\(([^(]+\|[^)]+)\)$' -- $line); or continue
                for value in (string split '|' -- $values)
                    echo "$name=$value"
                end
            else
                echo "$name="\t(string replace -r '^ *[^ ]*  ' '' -- $line)
            end
        end
    end
end

# Batches that can be resumed; - stands for the joblog.
function __heddle_cli_batches
    set -l folder $HOME/.local/state
    set -q XDG_STATE_HOME; and set folder $XDG_STATE_HOME
    for path in $folder/heddle/batches/*.journal
        string replace -r '.*/(.*)\.journal$' '$1' -- $path
    end
    echo -
end

set -l batch '__fish_seen_subcommand_from batch'
set -l run '__fish_seen_subcommand_from run'
set -l list '__fish_seen_subcommand_from list'

complete -c heddle-cli -f
complete -c heddle-cli -n __fish_use_subcommand -a batch -d 'Run a command for each of many values'
complete -c heddle-cli -n __fish_use_subcommand -a list -d 'List the workloads'
complete -c heddle-cli -n __fish_use_subcommand -a run -d 'Run a workload'
complete -c heddle-cli -s h -l help -d 'Show the options'
complete -c heddle-cli -n __fish_use_subcommand -s v -l version -d 'Show the version'
complete -c heddle-cli -n $list -s f -l format -x -a 'text json' -d 'Format of the list'
complete -c heddle-cli -n $batch -s a -l arg-file -r -F -d 'Read values from the lines of a file'
complete -c heddle-cli -n $batch -s 0 -l null -d 'A NUL byte ends each value in a file'
complete -c heddle-cli -n $batch -s d -l delimiter -x -d 'This byte ends each value in a file'
complete -c heddle-cli -n $batch -s C -l colsep -x -d 'Split lines into columns at what matches'
complete -c heddle-cli -n $batch -l csv -d 'Split lines as comma-separated values'
complete -c heddle-cli -n $batch -l header -x -a : -d 'The first line of each source names its columns'
complete -c heddle-cli -n $batch -l link -d 'Take values of all sources side by side'
complete -c heddle-cli -n $batch -s n -l max-args -x -d 'Number of values for each job at most'
complete -c heddle-cli -n $batch -s N -l max-replace-args -x -d 'The same as --max-args'
complete -c heddle-cli -n $batch -l trim -x -a 'n l r lr' -d 'Take blanks away from the ends of values'
complete -c heddle-cli -n $batch -s r -l no-run-if-empty -d 'No job for values of nothing but blanks'
complete -c heddle-cli -n $batch -s I -l replace -x -d 'Use a text instead of {}'
complete -c heddle-cli -n $batch -l no-shell -d 'Run the words of the command without a shell'
complete -c heddle-cli -n $batch -s j -l jobs -x -d 'Number of jobs at the same time'
complete -c heddle-cli -n $batch -l retries -x -d 'Number of retries of a failed job'
complete -c heddle-cli -n $batch -l timeout -x -d 'Seconds that a job may take'
complete -c heddle-cli -n $batch -l halt -x -a 'never soon,fail= now,fail=' -d 'When to halt because jobs failed'
complete -c heddle-cli -n $batch -l nice -x -a idle -d 'How much jobs yield to other programs'
complete -c heddle-cli -n $batch -l affinity -x -a spread -d 'CPUs that jobs may use'
complete -c heddle-cli -n $batch -s k -l keep-order -d 'Show output in the order of the values'
complete -c heddle-cli -n $batch -l group -d 'Show the output of a job when it has ended'
complete -c heddle-cli -n $batch -l line-buffer -d 'Show lines of output as they come'
complete -c heddle-cli -n $batch -l tag -d 'Begin each line with the values of its job'
complete -c heddle-cli -n $batch -l joblog -r -F -d 'Write a line for each job that has ended'
complete -c heddle-cli -n $batch -l journal -x -d 'Record the batch so that it can be resumed'
complete -c heddle-cli -n $batch -l resume -x -a '(__heddle_cli_batches)' -d 'Run what has not ended in a batch'
complete -c heddle-cli -n $batch -l resume-failed -x -a '(__heddle_cli_batches)' -d 'Likewise, and what failed'
complete -c heddle-cli -n $batch -l list -d 'List the batches that have a journal'
complete -c heddle-cli -n $batch -l accept-changes -d 'Resume even if commands have changed'
complete -c heddle-cli -n $batch -s f -l format -x -a 'text jsonl' -d 'What is written'
complete -c heddle-cli -n $batch -l no-live -d 'Do not show the live view on a terminal'
complete -c heddle-cli -n $batch -s t -l trace -r -F -d 'Write a trace for Perfetto'
complete -c heddle-cli -n $batch -l dry-run -d 'Print the command lines, and run nothing'
complete -c heddle-cli -n $batch -a '(__fish_complete_subcommand)'
complete -c heddle-cli -n $batch -F
complete -c heddle-cli -n $run -a '(__heddle_cli_workloads)'
complete -c heddle-cli -n $run -s b -l backend -x -a 'threads processes main-loop main-loop-blocking thread-per-task process-per-task' -d 'Kind of workers'
complete -c heddle-cli -n $run -s w -l workers -x -d 'Number of workers'
complete -c heddle-cli -n $run -s q -l queue -x -d 'Capacity of the queue, in tasks'
complete -c heddle-cli -n $run -l prefetch -x -d 'Number of tasks that a worker process gets in advance'
complete -c heddle-cli -n $run -s s -l set -x -k -a '(__heddle_cli_parameters)' -d 'Set a parameter of the workload'
complete -c heddle-cli -n $run -l retries -x -d 'Number of retries of a failed or lost task'
complete -c heddle-cli -n $run -l timeout -x -d 'Seconds that a task may take'
complete -c heddle-cli -n $run -l halt -x -a 'never soon,fail= now,fail=' -d 'When to halt the run because tasks failed'
complete -c heddle-cli -n $run -l recycle -x -d 'Number of tasks after which a worker process is replaced'
complete -c heddle-cli -n $run -l affinity -x -a spread -d 'CPUs that workers may use'
complete -c heddle-cli -n $run -l nice -x -a idle -d 'How much workers yield to other programs'
complete -c heddle-cli -n $run -l states -x -a 'exact counted none' -d 'How to tell whether a task was on a CPU, ready or blocked'
complete -c heddle-cli -n $run -s f -l format -x -a 'text jsonl sha256sum' -d 'Format of results'
complete -c heddle-cli -n $run -l no-live -d 'Do not show the live view on a terminal'
complete -c heddle-cli -n $run -s t -l trace -r -F -d 'Write a trace for Perfetto'
complete -c heddle-cli -n $run -l worker-program -r -F -d 'Path of heddle-worker'
