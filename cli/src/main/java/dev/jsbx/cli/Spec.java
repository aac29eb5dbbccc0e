package dev.jsbx.cli;

import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Builds picocli's model of a command directly. Annotations would say the same, but reading them
 * makes dynamic proxies, which no cache keeps: 70 ms at every start of a command that takes 50.
 * Commands that are typed rarely may well be annotated classes.
 */
final class Spec {
    static {
        // Options are words or flags here. For the rest of the JDK's types, picocli would look up
        // how to read them, time zones with all they need among them, at each start.
        System.setProperty("picocli.converters.excludes", ".*");
    }

    private final CommandSpec spec;

    private Spec(CommandSpec spec) {
        this.spec = spec;
    }

    /**
     * A command with {@code --help}.
     *
     * @param work called after the options were set; what it returns is the exit code
     */
    static Spec of(String name, String description, Callable<Integer> work) {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(work, Spec::make).name(name);
        spec.usageMessage().description(description).sortOptions(false).abbreviateSynopsis(true);
        return new Spec(spec).help();
    }

    /** picocli's command line for a model that was built here. */
    static CommandLine line(CommandSpec spec) {
        return new CommandLine(spec, Spec::make);
    }

    // picocli's own factory looks for Groovy first: 50 ms, in which the JVM opens every jar to find
    // that there is none.
    private static <K> K make(Class<K> type) throws ReflectiveOperationException {
        return type.getDeclaredConstructor().newInstance();
    }

    private Spec help() {
        spec.addOption(
                OptionSpec.builder("-h", "--help")
                        .type(boolean.class)
                        .arity("0")
                        .usageHelp(true)
                        .description("Print this help")
                        .build());
        return this;
    }

    /** An option without a value. */
    Spec flag(String names, String description, Consumer<Boolean> set) {
        spec.addOption(
                OptionSpec.builder(names.split(" "))
                        .type(boolean.class)
                        .arity("0")
                        .description(description)
                        .setter(setter(Boolean.class, set))
                        .build());
        return this;
    }

    /** An option with a value, as text; each time it is given, {@code set} is called anew. */
    Spec value(String names, String label, String description, Consumer<String> set) {
        spec.addOption(
                OptionSpec.builder(names.split(" "))
                        .type(String.class)
                        .arity("1")
                        .paramLabel(label)
                        .description(description)
                        .setter(setter(String.class, set))
                        .build());
        return this;
    }

    /** An option that may be given several times; {@code set} gets all values so far. */
    Spec values(String names, String label, String description, Consumer<String[]> set) {
        Values values = new Values(set);
        spec.addOption(
                OptionSpec.builder(names.split(" "))
                        .type(String[].class)
                        .auxiliaryTypes(String.class)
                        .arity("1")
                        .paramLabel(label)
                        .description(description)
                        .getter(values)
                        .setter(values)
                        .build());
        return this;
    }

    /**
     * Words that are no options.
     *
     * @param arity such as {@code 0..1} or {@code 1..*}
     */
    Spec words(String label, String arity, String description, Consumer<String[]> set) {
        spec.addPositional(
                PositionalParamSpec.builder()
                        .type(String[].class)
                        .auxiliaryTypes(String.class)
                        .arity(arity)
                        .required(!arity.startsWith("0"))
                        .paramLabel(label)
                        .description(description)
                        .setter(setter(String[].class, set))
                        .build());
        return this;
    }

    /**
     * The words are a command line of their own: options are jsbx's up to the first word that is
     * none, and all after it belongs to that command.
     */
    Spec optionsEndAtFirstWord() {
        spec.parser().stopAtPositional(true);
        return this;
    }

    CommandSpec build() {
        return spec;
    }

    /** picocli asks for the values so far and sets them with one more. */
    private static final class Values implements IGetter, ISetter {
        private final Consumer<String[]> set;
        private String[] soFar;

        Values(Consumer<String[]> set) {
            this.set = set;
        }

        @Override
        @SuppressWarnings("unchecked") // the option's type is String[]
        public <T> T get() {
            return (T) soFar;
        }

        @Override
        public <T> T set(T value) {
            soFar = (String[]) value;
            if (soFar != null) {
                set.accept(soFar);
            }
            return null;
        }
    }

    // picocli resets options to null, for which the fields' own initial values stand.
    private static <V> ISetter setter(Class<V> type, Consumer<V> set) {
        return new ISetter() {
            @Override
            public <T> T set(T value) {
                if (value != null) {
                    set.accept(type.cast(value));
                }
                return null;
            }
        };
    }
}
