package dev.jsbx.cli.vmm;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.engine.Engine;
import dev.jsbx.cli.engine.Machine;
import dev.jsbx.cli.engine.MachineEnd;
import dev.jsbx.cli.net.HeapKeeper;
import dev.jsbx.cli.sandbox.LastRun;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxConfig;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.image.agent.AgentConnection;
import dev.jsbx.vmm.linux.Exit;
import dev.jsbx.vmm.linux.FileLock;
import dev.jsbx.vmm.linux.Inspection;
import dev.jsbx.vmm.linux.LinuxException;
import dev.jsbx.vmm.linux.Parent;
import dev.jsbx.vmm.linux.TerminalSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;

/** The way into a VMM process: one sandbox, from its directory to the guest's end. */
public final class VmmProcess {
    /** Has the guest's kernel tell its console all it does. */
    static final String CONSOLE = "--console";

    private static final int LOCK_TRIES = 100;
    private static final Duration LOCK_PAUSE = Duration.ofMillis(20);
    private static final Duration CLOCK_LOOKS = Duration.ofSeconds(3);

    private final Sandbox sandbox;
    private final SandboxConfig config;
    private final boolean console;
    private final LastRun begun = LastRun.begun();
    private final Sessions sessions;
    private final CompletableFuture<MachineEnd> ended = new CompletableFuture<>();
    private final CompletableFuture<Void> unreachable = new CompletableFuture<>();

    private VmmProcess(Sandbox sandbox, SandboxConfig config, boolean console) {
        this.sandbox = sandbox;
        this.config = config;
        this.console = console;
        this.sessions = new Sessions(config.idle());
    }

    /**
     * @param args the sandbox's directory, the starter's process id, and perhaps {@link #CONSOLE}
     */
    public static void main(String[] args) {
        say(Report.mark("vmm-jvm"));
        TerminalSession.leave();
        Sandbox sandbox = Sandbox.at(Path.of(args[0]));
        // For life; it goes with the process.
        FileLock lock = take(sandbox);
        if (lock == null) {
            say(Report.failed("a VMM process of " + sandbox.name() + " runs already"));
            Exit.now(1);
        }
        // Its starter was killed before the lock told anybody of this process: who has found the
        // sandbox free since has started another one, which waits for the lock now.
        if (Parent.pid() != Long.parseLong(args[1])) {
            Exit.now(1);
        }
        int code = 0;
        try {
            sandbox.noteRun();
            boolean console = args.length > 2 && args[2].equals(CONSOLE);
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
        Exit.now(code);
    }

    /** The life of a process without its end, for a {@link Rehearsal}. */
    static void rehearse(Sandbox sandbox, SandboxConfig config)
            throws IOException, InterruptedException {
        new VmmProcess(sandbox, config, false).run();
    }

    // The one before may be on its way out, or about to see that it is not wanted.
    private static FileLock take(Sandbox sandbox) {
        Optional<FileLock> lock = sandbox.tryRun();
        for (int i = 0; lock.isEmpty() && i < LOCK_TRIES; i++) {
            LockSupport.parkNanos(LOCK_PAUSE.toNanos());
            lock = sandbox.tryRun();
        }
        return lock.orElse(null);
    }

    private void run() throws IOException, InterruptedException {
        try (LiveSecrets secrets = LiveSecrets.start(sandbox);
                SandboxDevices devices = SandboxDevices.open(sandbox, config, console, secrets)) {
            say(Report.mark("devices"));
            Engine engine = Engine.named(config.engine());
            try (Machine machine = engine.start(devices.spec(), devices.slots())) {
                say(Report.mark("machine"));
                // After all else is under way: nothing of the start waits for these threads.
                Thread.ofPlatform().name("control").daemon().start(() -> control(devices.ports()));
                HeapKeeper.start();
                awaitEnd(
                        machine,
                        CompletableFuture.anyOf(devices.failed(), secrets.failed(), unreachable));
                if (!machine.ended().isDone() && !config.ephemeral()) {
                    new OrderlyStop(sandbox, machine).run();
                }
                machine.close();
                end(withPanic(machine.ended().join()));
            }
        } finally {
            if (config.ephemeral()) {
                SandboxStore.open().remove(sandbox);
            }
        }
    }

    private void awaitEnd(Machine machine, CompletableFuture<Object> failed) {
        try {
            CompletableFuture.anyOf(machine.ended(), sessions.over(), failed).join();
        } catch (CompletionException e) {
            ended.completeExceptionally(e.getCause());
            noteEnd(e.getCause().getMessage());
            throw e;
        }
    }

    private void end(MachineEnd how) {
        if (!config.ephemeral()) {
            noteEnd(how.detail());
        }
        say(Report.end(how));
        ended.complete(how);
    }

    private void noteEnd(String how) {
        try {
            begun.ended(how).write(sandbox);
        } catch (IOException e) {
            System.err.println("jsbx: its end cannot be noted: " + e.getMessage());
        }
    }

    // The guest's kernel says why on its console, if it had the time.
    private MachineEnd withPanic(MachineEnd end) {
        String panic = Panic.in(sandbox.consoleLog());
        return panic.isEmpty() || end.kind() == MachineEnd.Kind.STOPPED
                ? end
                : new MachineEnd(MachineEnd.Kind.PANICKED, "the guest's kernel panicked: " + panic);
    }

    // Other commands find the guest by its socket; the one that started it, by this process's
    // standard input, which ends with it however it ends.
    private void control(PortVerbs ports) {
        try (InputStream in = System.in;
                Sessions.Held starter = sessions.hold("start", Parent.pid())) {
            begun.write(sandbox);
            KeptTerminals terminals = new KeptTerminals(sandbox, sessions, ended);
            ControlServer.listen(
                    sandbox.socket(VmmControl.SOCKET), sessions, ended, terminals, verbs(ports));
            Thread.ofPlatform().name("clock").daemon().start(this::keepClock);
            while (in.read() >= 0) {
                // Only the end counts.
            }
        } catch (IOException e) {
            String reason = sandbox.directory() + " cannot be written: " + e.getMessage();
            unreachable.completeExceptionally(Failure.own(reason, e));
            return;
        }
        if (config.ephemeral()) {
            sessions.end();
        }
    }

    private Map<String, ControlServer.Verb> verbs(PortVerbs ports) {
        DetachedCommands commands = new DetachedCommands(sandbox, sessions, ended);
        return Map.of(
                "STATUS",
                nothing -> StatusJson.of(sessions),
                "RUN",
                commands::start,
                "PUBLISH",
                ports::publish,
                "UNPUBLISH",
                ports::unpublish,
                "INSPECT",
                VmmProcess::letIn);
    }

    // For the search of the guest's memory: it may be this process's own.
    private static String letIn(String pid) {
        Inspection.allow(Long.parseLong(pid));
        return "";
    }

    private void keepClock() {
        ClockKeeper keeper = new ClockKeeper(Instant::now, System::nanoTime, this::setClock);
        while (!ended.isDone()) {
            LockSupport.parkNanos(CLOCK_LOOKS.toNanos());
            keeper.look();
        }
    }

    private void setClock(Instant now) throws IOException {
        try (AgentConnection agent = AgentConnection.connect(sandbox.socket("vsock"))) {
            agent.setClock(now);
        }
    }

    private static void say(Report report) {
        System.out.println(report.line());
    }
}
