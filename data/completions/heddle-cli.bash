# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of heddle-cli for bash. Workloads and parameters are asked of the program itself.

_heddle_cli_workloads() {
  heddle-cli list 2>/dev/null | sed -n 's/^  \([a-z][a-z0-9-]*\) .*/\1/p'
}

# The parameters of workload $1, with "=" behind them.
_heddle_cli_parameters() {
  heddle-cli list 2>/dev/null | sed -n "/^  $1 /,/^  [a-z]/s/^      \([a-z][a-z0-9-]*=\).*/\1/p"
}

_heddle_cli() {
  local cur prev words cword command workload word i
  _init_completion -n = 2>/dev/null || {
    cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=("${COMP_WORDS[@]}") cword=$COMP_CWORD
  }
  command=${words[1]}
  if [ "$cword" -eq 1 ]; then
    COMPREPLY=($(compgen -W 'list run --help --version' -- "$cur"))
    return
  fi
  case $prev in
    -f|--format)
      if [ "$command" = list ]; then
        COMPREPLY=($(compgen -W 'text json' -- "$cur"))
      else
        COMPREPLY=($(compgen -W 'text jsonl' -- "$cur"))
      fi
      return ;;
    -b|--backend)
      COMPREPLY=($(compgen -W 'threads processes main-loop main-loop-blocking thread-per-task process-per-task' -- "$cur"))
      return ;;
    -t|--trace|--worker-program)
      COMPREPLY=($(compgen -f -- "$cur"))
      compopt -o filenames 2>/dev/null
      return ;;
    --halt)
      COMPREPLY=($(compgen -W 'never soon,fail= now,fail=' -- "$cur"))
      compopt -o nospace 2>/dev/null
      return ;;
    --affinity)
      COMPREPLY=($(compgen -W "spread 0-$(($(nproc 2>/dev/null || echo 1) - 1))" -- "$cur"))
      return ;;
    -w|--workers|-q|--queue|--prefetch|--retries|--timeout|--recycle|--nice)
      return ;;
  esac
  if [ "$command" = list ]; then
    COMPREPLY=($(compgen -W '--format --help' -- "$cur"))
    return
  fi
  for ((i = 2; i < cword; i++)); do
    word=${words[i]}
    case ${words[i-1]} in -b|--backend|-w|--workers|-q|--queue|--prefetch|-s|--set|--retries|--timeout|--halt|--recycle|--nice|--affinity|-f|--format|-t|--trace|--worker-program) continue ;; esac
    case $word in -*) ;; *) workload=$word ;; esac
  done
  case $prev in
    -s|--set)
      case $cur in
        folder=*)
          COMPREPLY=($(compgen -d -P folder= -- "${cur#folder=}"))
          compopt -o nospace 2>/dev/null ;;
        *)
          COMPREPLY=($(compgen -W "$(_heddle_cli_parameters "$workload")" -- "$cur"))
          compopt -o nospace 2>/dev/null ;;
      esac
      return ;;
  esac
  case $cur in
    -*) COMPREPLY=($(compgen -W '--backend --workers --queue --prefetch --set --retries --timeout --halt --recycle --nice --affinity --format --no-live --trace --worker-program --help' -- "$cur")) ;;
    *) [ -n "$workload" ] || COMPREPLY=($(compgen -W "$(_heddle_cli_workloads)" -- "$cur")) ;;
  esac
}

complete -F _heddle_cli heddle-cli
