# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of heddle-cli for bash. Workloads and parameters are asked of the program itself.

_heddle_cli_workloads() {
  heddle-cli list 2>/dev/null | sed -n 's/^  \([a-z][a-z0-9-]*\) .*/\1/p'
}

# The lines that tell the parameters of workload $1.
_heddle_cli_parameters() {
  heddle-cli list 2>/dev/null | sed -n "/^  $1 /,/^  [a-z]/s/^      \([a-z][a-z0-9-]*=.*\)/\1/p"
}

# Names of batches that can be resumed.
_heddle_cli_batches() {
  local path
  for path in "${XDG_STATE_HOME:-$HOME/.local/state}"/heddle/batches/*.journal; do
    path=${path##*/} path=${path%.journal}
    if [ "$path" != '*' ]; then printf '%s\n' "$path"; fi
  done
}

# The words up to the cursor, into words. Bash takes them apart at "=" and ":", too; what no blank parts belongs together.
_heddle_cli_words() {
  local line=${COMP_LINE:0:COMP_POINT} blanks word i
  words=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    blanks=${line%%[![:blank:]]*}
    line=${line#"$blanks"}
    word=${COMP_WORDS[i]:0:${#line}}
    line=${line:${#word}}
    if [ "$i" -gt 0 ] && [ -z "$blanks" ]; then words[-1]+=$word; else words+=("$word"); fi
  done
}

# What is between the beginning of the word and that which readline replaces, which begins behind the last "=" or ":" that is not in quotes, or
# behind a quote at the very beginning.
_heddle_cli_kept() {
  local text=$1 kept='' quote=$opening i
  for ((i = 0; i < ${#text}; i++)); do
    case $quote${text:i:1} in
      \\) ((i++)) ;;
      \' | \") quote=${text:i:1} ;;
      "''" | '""') quote='' ;;
      = | :) [[ $COMP_WORDBREAKS == *"${text:i:1}"* ]] && kept=${text:0:i+1} ;;
    esac
  done
  printf %s "$kept"
}

# Offers the lines of standard input that begin with $2, the value typed so far; before it in the same word stands $1.
_heddle_cli_offer() {
  local before=$1 typed=$2 kept value
  kept=$(_heddle_cli_kept "$before$typed")
  typed=${typed#[\'\"]}
  while IFS= read -r value; do
    case $value in
      "$typed"*) value=$before$value; COMPREPLY+=("${value#"$kept"}") ;;
    esac
  done
}

# Offers files (-f) or folders (-d). The value is as typed, with quotes and backslashes.
_heddle_cli_offer_files() {
  local action=$1 before=$2 typed=$3 kept plain path
  kept=$(_heddle_cli_kept "$before$typed")
  case $typed in
    \'* | \"*) plain=${typed:1} ;;
    *) if [ -n "$opening" ]; then plain=$typed; else IFS= read -d '' plain < <(printf '%s\0' "$typed"); fi ;; # without -r it takes the backslashes out
  esac
  while IFS= read -r path; do
    path=$before$path
    COMPREPLY+=("${path#"$kept"}")
  done < <(compgen "$action" -- "$plain")
  compopt -o filenames 2>/dev/null # readline quotes blanks
  if [ "$action" = -d ]; then compopt -o nospace 2>/dev/null; fi
}

_heddle_cli_set() {
  local before=$1 typed=$2 workload=$3 name
  case $typed in
    folder=*) _heddle_cli_offer_files -d "${before}folder=" "${typed#folder=}" ;;
    *=*)
      name=${typed%%=*}
      _heddle_cli_offer "$before$name=" "${typed#*=}" < <(
        _heddle_cli_parameters "$workload" | sed -n "s/^$name=.*(\([^ ()]*|[^ ()]*\))\$/\1/p" | tr '|' '\n') ;;
    *)
      _heddle_cli_offer "$before" "$typed" < <(_heddle_cli_parameters "$workload" | sed 's/=.*/=/')
      compopt -o nospace 2>/dev/null ;;
  esac
}

# The value of option $1: $3, before which stands $2 in the same word. Fails if it takes none.
_heddle_cli_value() {
  local before=$2 typed=$3 command=$4 workload=$5
  case $1 in
    -f | --format)
      case $command in
        batch) _heddle_cli_offer "$before" "$typed" < <(printf '%s\n' text jsonl) ;;
        list) _heddle_cli_offer "$before" "$typed" < <(printf '%s\n' text json) ;;
        *) _heddle_cli_offer "$before" "$typed" < <(printf '%s\n' text jsonl sha256sum) ;;
      esac ;;
    -b | --backend)
      _heddle_cli_offer "$before" "$typed" < <(printf '%s\n' threads processes main-loop main-loop-blocking thread-per-task process-per-task) ;;
    -t | --trace | --worker-program | -a | --arg-file | --joblog)
      _heddle_cli_offer_files -f "$before" "$typed" ;;
    --halt)
      _heddle_cli_offer "$before" "$typed" < <(printf '%s\n' never soon,fail= now,fail=)
      compopt -o nospace 2>/dev/null ;;
    --affinity)
      _heddle_cli_offer "$before" "$typed" < <(printf '%s\n' spread "0-$(($(nproc 2>/dev/null || echo 1) - 1))") ;;
    --states)
      _heddle_cli_offer "$before" "$typed" < <(printf '%s\n' exact counted none) ;;
    --nice)
      _heddle_cli_offer "$before" "$typed" < <(printf '%s\n' idle) ;;
    -s | --set)
      _heddle_cli_set "$before" "$typed" "$workload" ;;
    --resume | --resume-failed)
      _heddle_cli_offer "$before" "$typed" < <(_heddle_cli_batches; echo -) ;;
    --header)
      _heddle_cli_offer "$before" "$typed" < <(echo :) ;;
    --trim)
      _heddle_cli_offer "$before" "$typed" < <(printf '%s\n' n l r lr) ;;
    -w | --workers | -q | --queue | --prefetch | --retries | --timeout | --recycle) ;;
    -d | --delimiter | -C | --colsep | -n | --max-args | -N | --max-replace-args | -I | --replace | -j | --jobs | --journal) ;;
    *) return 1 ;;
  esac
}

_heddle_cli() {
  local words cur prev command workload='' opening='' word i
  COMPREPLY=()
  _heddle_cli_words
  cur=${words[-1]}
  case $cur in \'* | \"*) opening=${cur:0:1} cur=${cur:1} ;; esac
  prev=${words[-2]} command=${words[1]}
  if [ ${#words[@]} -eq 2 ]; then
    _heddle_cli_offer '' "$cur" < <(printf '%s\n' batch list run --help --version)
    return
  fi
  for ((i = 2; i < ${#words[@]} - 1; i++)); do
    word=${words[i]}
    case ${words[i-1]} in -b|--backend|-w|--workers|-q|--queue|--prefetch|-s|--set|--retries|--timeout|--halt|--recycle|--nice|--affinity|--states|-f|--format|-t|--trace|--worker-program) continue ;;
      -a|--arg-file|-d|--delimiter|-C|--colsep|--header|-n|--max-args|-N|--max-replace-args|--trim|-I|--replace|-j|--jobs|--joblog|--journal|--resume|--resume-failed)
        continue ;;
    esac
    case $word in
      -*) ;;
      *) workload=$word; if [ "$command" = batch ]; then break; fi ;;
    esac
  done
  if [ "$command" = batch ] && [ -n "$workload" ]; then # the command of the batch, to whom all that follows belongs
    _heddle_cli_offer_files -f '' "$cur"
    return
  fi
  _heddle_cli_value "$prev" '' "$cur" "$command" "$workload" && return
  case $cur in
    --*=*) _heddle_cli_value "${cur%%=*}" "${cur%%=*}=" "${cur#*=}" "$command" "$workload" ;;
    -*)
      if [ "$command" = list ]; then
        _heddle_cli_offer '' "$cur" < <(printf '%s\n' --format --help)
      elif [ "$command" = batch ]; then
        _heddle_cli_offer '' "$cur" < <(printf '%s\n' --arg-file --null --delimiter --colsep --csv --header --link --max-args --max-replace-args --trim \
          --no-run-if-empty --replace --no-shell --jobs --retries --timeout --halt --nice --affinity --keep-order --group --line-buffer --tag --joblog \
          --journal --resume --resume-failed --list --accept-changes --format --no-live --trace --dry-run --help)
      else
        _heddle_cli_offer '' "$cur" < <(printf '%s\n' --backend --workers --queue --prefetch --set --retries --timeout --halt --recycle --nice \
          --affinity --states --format --no-live --trace --worker-program --help)
      fi ;;
    *)
      if [ "$command" = batch ]; then _heddle_cli_offer '' "$cur" < <(compgen -c -- "$cur" | sort -u); fi
      [ -n "$workload" ] || [ "$command" != run ] || _heddle_cli_offer '' "$cur" < <(_heddle_cli_workloads) ;;
  esac
}

complete -F _heddle_cli heddle-cli
