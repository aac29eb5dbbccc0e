# Sourced by start.sh and, for the training of the start-up caches, build.sh: sets $options, what both
# give to the JVM.

# The JDK's own selector provider by name: to find that there is no other one, the JVM would open
# every jar.
nio=-Djava.nio.channels.spi.SelectorProvider=sun.nio.ch.EPollSelectorProvider

# The JDK's check of its own work when it makes a native call callable: a third of that work.
linker=-Djava.lang.foreign.VERIFY_BINDINGS=false

# The logger by name, too, which is none.
log='-Dslf4j.provider=org.slf4j.nop.NOPServiceProvider -Dslf4j.internal.verbosity=WARN'

options="-XX:+UseSerialGC --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow $nio $linker $log"
