
# Names of what there is now: sandboxes, agents, branches, images. Bash asks for them at each Tab.
function _jsbx_names() {
  case "$1${2:+ $2}" in
    'run' | 'run '*)
      "$program" agent ls -q
      "$program" ls -q
      ;;
    'agent install' | 'agent rm' | 'create' | 'create '*) "$program" agent ls -q ;;
    'branch '*) "$program" branch ls -q ;;
    'image build' | 'image rm') "$program" image ls -q ;;
    'exec' | 'start '* | 'start' | 'stop '* | 'stop' | 'rm '* | 'rm' | 'inspect' | 'logs' | 'ports' | 'review')
      "$program" ls -q
      ;;
    'cp' | 'cp '*) "$program" ls -q | sed 's/$/:/' ;;
  esac 2> /dev/null
}

function _complete_jsbx_live() {
  local word=${COMP_WORDS[COMP_CWORD]} program=${COMP_WORDS[0]} given=() i
  _complete_jsbx "$@"
  [[ $word == -* ]] && return
  # The words before this one that are no options: a command, and perhaps what it begins with.
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ ${COMP_WORDS[i]} == -- ]] && return
    [[ ${COMP_WORDS[i]} == -* ]] || given+=("${COMP_WORDS[i]}")
  done
  COMPREPLY+=($(compgen -W "$(_jsbx_names "${given[@]:0:2}")" -- "$word"))
}

complete -F _complete_jsbx_live -o default jsbx
