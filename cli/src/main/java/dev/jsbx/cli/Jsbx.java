package dev.jsbx.cli;

import dev.jsbx.cli.branch.JGit;
import dev.jsbx.cli.terminal.RawTerminal;
import dev.jsbx.cli.vmm.VmmControl;
import dev.jsbx.vmm.linux.Downcalls;
import dev.jsbx.vmm.linux.Exit;
import dev.jsbx.vmm.linux.LinuxException;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The root command and the way in: finds the command that was named, runs it, maps errors. */
public final class Jsbx {
    private boolean debug;
    private boolean version;
    private final CommandLine line;

    private Jsbx() {
        CommandSpec spec =
                Spec.of(
                                "jsbx",
                                "Runs a coding agent, or any command, in a microVM of its own.",
                                this::call)
                        .flag("-D --debug", "Print stack traces of errors", on -> debug = on)
                        .flag("-V --version", "Print the version", on -> version = on)
                        .build();
        spec.usageMessage().synopsisSubcommandLabel("COMMAND");
        line = Spec.line(spec);
    }

    public static void main(String[] args) {
        prepare(args);
        int code = run(args);
        System.out.flush();
        // Nothing is left to shutdown hooks by now.
        if (Commands.usesSandboxes(firstWord(args))) {
            Exit.now(code);
        }
        Runtime.getRuntime().halt(code);
    }

    /** What goes on beside, or before, any command's own work. */
    static void prepare(String... args) {
        Interrupts.endThisProcessUnlessPassedOn(args);
        if (Commands.usesSandboxes(firstWord(args))) {
            Downcalls.prepare();
        }
        if (Commands.entersSandboxes(firstWord(args))) {
            VmmControl.prepare();
        }
        if (Commands.usesGit(firstWord(args))) {
            JGit.prepare();
        }
    }

    /** Runs one command line in this JVM and returns its exit code. */
    static int run(String... args) {
        Jsbx root = new Jsbx();
        root.addCommands(args);
        root.line.setOverwrittenOptionsAllowed(true); // the last one wins, as everywhere
        root.line.setExecutionExceptionHandler((e, command, parsed) -> root.report(e));
        root.line.setParameterExceptionHandler((e, words) -> misused(e));
        return root.line.execute(args);
    }

    /** A command line that knows every command, for what is made from the whole tree. */
    static CommandLine withAllCommands() {
        Jsbx root = new Jsbx();
        root.addCommands();
        return root.line;
    }

    /**
     * Loads the command that the arguments name; all of them when help or a typo needs the list.
     */
    private void addCommands(String... args) {
        String name = firstWord(args);
        CommandLine command = name == null ? null : Commands.create(name);
        if (command != null) {
            line.addSubcommand(name, command);
            return;
        }
        for (String each : Commands.NAMES) {
            line.addSubcommand(each, Commands.create(each));
        }
    }

    static String firstWord(String[] args) {
        for (String arg : args) {
            if (!arg.startsWith("-")) {
                return arg;
            }
        }
        return null;
    }

    private int call() throws IOException, InterruptedException {
        if (version) {
            return new VersionCommand().call();
        }
        if (RawTerminal.isInteractive()) {
            return new DashboardCommand().call();
        }
        line.usage(System.out);
        return 0;
    }

    private static int misused(ParameterException e) {
        // What an option's own check says is all there is to say.
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof Failure failure) {
                System.err.println("jsbx: " + failure.getMessage());
                return failure.exitCode();
            }
        }
        CommandSpec command = e.getCommandLine().getCommandSpec();
        String reason =
                e instanceof UnmatchedArgumentException unmatched
                                && command.root() == command
                                && !unmatched.isUnknownOption()
                        ? "unknown command " + unmatched.getUnmatched().getFirst()
                        : e.getMessage();
        System.err.println("jsbx: " + reason + ": see " + command.qualifiedName() + " --help");
        return Failure.USAGE;
    }

    private int report(Exception e) {
        String message =
                e instanceof Failure || e instanceof LinuxException
                        ? e.getMessage()
                        : "unexpected " + e + ": run again with --debug for its stack";
        System.err.println("jsbx: " + message);
        if (debug) {
            e.printStackTrace();
        }
        return e instanceof Failure failure ? failure.exitCode() : Failure.FAILED;
    }
}
