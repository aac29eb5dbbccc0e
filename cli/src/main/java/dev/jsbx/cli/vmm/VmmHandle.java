package dev.jsbx.cli.vmm;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.engine.MachineEnd;
import dev.jsbx.cli.sandbox.HostMemory;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/** A VMM process as the command that started it sees it. */
public final class VmmHandle {
    // The JDK's own, by name: to find that there is no other one, the JVM would open every jar.
    private static final String SELECTORS = "sun.nio.ch.EPollSelectorProvider";

    // At the address that it was written for: elsewhere, the JVM would first correct each pointer
    // in it, and share none of its pages with other sandboxes.
    private static final List<String> CACHE_IN_PLACE =
            List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:ArchiveRelocationMode=0");

    // What is hot for long is compiled a little later, and not at once what was hot in training:
    // as usual, compilation takes a third of the processor time until the guest is up.
    private static final List<String> COMPILE_LATER =
            List.of("-XX:-AOTReplayTraining", "-XX:CompileThresholdScaling=3");

    private final Sandbox sandbox;
    private final Process process;
    private final BiConsumer<String, Long> marks;
    private final CompletableFuture<MachineEnd> ended = new CompletableFuture<>();

    private VmmHandle(Sandbox sandbox, Process process, BiConsumer<String, Long> marks) {
        this.sandbox = sandbox;
        this.process = process;
        this.marks = marks;
    }

    /**
     * Starts a sandbox's VMM process, which puts itself into a session of its own: signals from the
     * terminal are for the guest's command, not for it.
     *
     * @param console whether the guest's kernel tells its console all it does
     * @param marks told of points of start-up: name, {@link System#nanoTime}
     * @throws Failure if there is no room for a process, or for its guest's memory
     */
    public static VmmHandle start(
            Sandbox sandbox, boolean console, BiConsumer<String, Long> marks) {
        HostMemory.now().require(sandbox.name(), SandboxStore.config(sandbox).memory());
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command(sandbox, console))
                            .redirectError(sandbox.vmmLog().toFile());
            HostVariables.keepOnly(builder.environment());
            Process process = builder.start();
            VmmHandle handle = new VmmHandle(sandbox, process, marks);
            Thread.ofPlatform().name("vmm-reports").daemon().start(handle::listen);
            return handle;
        } catch (IOException e) {
            throw Failure.own("cannot start a VMM process: " + e.getMessage(), e);
        }
    }

    private static List<String> command(Sandbox sandbox, boolean console) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        String lib = System.getProperty("jsbx.lib");
        if (lib != null) {
            command.add("-XX:AOTCache=" + lib + "/vmm.aot");
            command.addAll(CACHE_IN_PLACE);
            command.addAll(COMPILE_LATER);
            command.add("-Djsbx.lib=" + lib);
        }
        command.addAll(
                List.of(
                        "-Xlog:disable",
                        "-Xlog:all=off:stderr",
                        "-XX:+UseSerialGC",
                        "-XX:-UsePerfData",
                        "-XX:-ShrinkHeapInSteps",
                        "-XX:+DisableAttachMechanism",
                        "-Xms16m",
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djava.nio.channels.spi.SelectorProvider=" + SELECTORS,
                        "-Djava.lang.foreign.VERIFY_BINDINGS=false", // of the JDK's own work
                        "-cp",
                        System.getProperty("java.class.path"),
                        VmmProcess.class.getName(),
                        sandbox.directory().toString(),
                        String.valueOf(ProcessHandle.current().pid())));
        if (console) {
            command.add(VmmProcess.CONSOLE);
        }
        return command;
    }

    private void listen() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Report report = Report.parse(line);
                if (report != null) {
                    accept(report);
                }
            }
        } catch (IOException e) {
            // The process has ended.
        }
        ended.completeExceptionally(Failure.own(unexpected()));
    }

    private void accept(Report report) {
        switch (report.what()) {
            case MARK -> marks.accept(report.name(), report.nanos());
            case FAILED -> ended.completeExceptionally(Failure.own(report.text()));
            case END -> ended.complete(report.machineEnd());
        }
    }

    private String unexpected() {
        int code = process.onExit().join().exitValue();
        String words = lastLine(sandbox.vmmLog());
        return "the VMM process of "
                + sandbox.name()
                + (code > 128 ? " was killed by signal " + (code - 128) : " ended with " + code)
                + (words.isEmpty() ? "" : " (" + words + ")")
                + ": start the command again";
    }

    private static String lastLine(Path log) {
        try {
            return Files.readString(log, StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .reduce("", (first, second) -> second);
        } catch (IOException e) {
            return "";
        }
    }

    /** How the guest ended; fails with a {@link Failure} if it did not start or was lost. */
    public CompletableFuture<MachineEnd> ended() {
        return ended;
    }

    /** Lets go: an ephemeral guest ends at once, another one is powered off in order. */
    public void release() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // It has ended already.
        }
    }

    /** Waits until the process has ended, and all it held is free. */
    public void await() throws InterruptedException {
        process.waitFor();
    }
}
