# Sourced last by ./jsbx, and by the jsbx in the lab: becomes the CLI. Needs $jdk, $home, $lib and
# $classpath.

# Signals for a command in a guest wait, blocked, until the JVM can pass them on; -Xrs leaves SIGQUIT
# alone, which HotSpot would answer with a thread dump, and _JAVA_SR_SIGNUM gives it another signal
# than SIGUSR2 to suspend its threads with.
signals='' reduce='' cache=cli
case " $* " in
    *' run '* | *' exec '* | *' attach '* | *' lab '*)
        signals='env --block-signal=HUP,INT,QUIT,USR1,USR2,TERM,CONT,WINCH _JAVA_SR_SIGNUM=60'
        reduce='-Xrs -Djsbx.signals=blocked' cache=run
        ;;
    *' branch '*) cache=branch ;;
    *' vhost-user '*) cache=device ;;
esac

# Without a locale the JVM takes file names for ASCII, and cannot open any other.
case ${LC_ALL:-${LC_CTYPE:-${LANG:-C}}} in
    C | POSIX) LC_ALL=C.UTF-8; export LC_ALL ;;
esac

. "$home/.mvn/options.sh"

# Most commands end before what they run would pay for being compiled: as usual, compilation takes a
# third of their time. Those that go through many files compile as usual, and a server of devices,
# which lives long, optimizes, too.
jit='-XX:TieredStopAtLevel=1 -XX:-AOTReplayTraining'
case " $* " in
    *' vhost-user '*) jit='' ;;
    *' branch '* | *' --branch'* | *' --clone '* | *' review '* | *' cp '* | *' image '*) ;;
    *) jit="$jit -XX:CompileThresholdScaling=10" ;;
esac

# The cache lies at the address that it was written for: elsewhere, the JVM would first correct each
# pointer in it, and share none of its pages with others.
place='-XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0'

# What a full collection frees, the system gets back at once.
heap='-Xmx256m -XX:-ShrinkHeapInSteps'

# shellcheck disable=SC2086 # these are lists of words
exec $signals "$jdk/bin/java" $reduce -XX:AOTCache="$lib/$cache.aot" $place -Xlog:disable \
    -Xlog:all=off:stderr $jit -XX:-UsePerfData $heap $options \
    -Djsbx.home="$home" -Djsbx.lib="$lib" \
    -cp "$classpath" dev.jsbx.cli.Jsbx "$@"
