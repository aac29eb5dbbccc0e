package dev.jsbx.cli.vmm;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.engine.Engine;
import dev.jsbx.cli.engine.Machine;
import dev.jsbx.cli.engine.MachineEnd;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxConfig;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.vmm.linux.FileLock;
import dev.jsbx.vmm.linux.LinuxException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The way into a VMM process: one sandbox, from its directory to the guest's end. */
public final class VmmProcess {
    /** Has the guest's kernel tell its console all it does. */
    static final String CONSOLE = "--console";

    private final Sandbox sandbox;
    private final SandboxConfig config;
    private final boolean console;
    private final CompletableFuture<Void> released = new CompletableFuture<>();

    private VmmProcess(Sandbox sandbox, SandboxConfig config, boolean console) {
        this.sandbox = sandbox;
        this.config = config;
        this.console = console;
    }

    /**
     * @param args the sandbox's directory, and perhaps {@link #CONSOLE}
     */
    public static void main(String[] args) {
        say(Report.mark("vmm-jvm"));
        Sandbox sandbox = Sandbox.at(Path.of(args[0]));
        // For life; it goes with the process.
        FileLock lock = sandbox.tryRun().orElse(null);
        if (lock == null) {
            say(Report.failed("a VMM process of " + sandbox.name() + " runs already"));
            Runtime.getRuntime().halt(1);
        }
        int code = 0;
        try {
            boolean console = args.length > 1 && args[1].equals(CONSOLE);
            new VmmProcess(sandbox, SandboxStore.config(sandbox), console).run();
        } catch (Failure | LinuxException e) {
            say(Report.failed(e.getMessage()));
            e.printStackTrace();
            code = 1;
        } catch (CompletionException e) {
            say(Report.failed(e.getCause().getMessage()));
            e.printStackTrace();
            code = 1;
        } catch (IOException | RuntimeException | InterruptedException e) {
            say(Report.failed("unexpected " + e + ": see " + sandbox.vmmLog()));
            e.printStackTrace();
            code = 1;
        }
        Runtime.getRuntime().halt(code);
    }

    private void run() throws IOException, InterruptedException {
        try (SandboxDevices devices = SandboxDevices.open(sandbox, config, console)) {
            say(Report.mark("devices"));
            Engine engine = Engine.named(config.engine());
            try (Machine machine = engine.start(devices.spec(), devices.slots())) {
                say(Report.mark("machine"));
                // After all else is under way: nothing waits for this thread.
                Thread.ofPlatform().name("release").daemon().start(this::awaitRelease);
                CompletableFuture.anyOf(machine.ended(), released, devices.failed()).join();
                if (!machine.ended().isDone() && !config.ephemeral()) {
                    new OrderlyStop(sandbox, machine).run();
                }
                machine.close();
                say(Report.end(withPanic(machine.ended().join())));
            }
        } finally {
            if (config.ephemeral()) {
                SandboxStore.open().remove(sandbox);
            }
        }
    }

    // The guest's kernel says why on its console, if it had the time.
    private MachineEnd withPanic(MachineEnd end) {
        String panic = Panic.in(sandbox.consoleLog());
        return panic.isEmpty() || end.kind() == MachineEnd.Kind.STOPPED
                ? end
                : new MachineEnd(MachineEnd.Kind.PANICKED, "the guest's kernel panicked: " + panic);
    }

    private void awaitRelease() {
        try (InputStream in = System.in) {
            while (in.read() >= 0) {
                // Only the end counts.
            }
        } catch (IOException e) {
            // As good as the end.
        }
        released.complete(null);
    }

    private static void say(Report report) {
        System.out.println(report.line());
    }
}
