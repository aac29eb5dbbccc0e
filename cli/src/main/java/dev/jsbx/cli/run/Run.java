package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.engine.EngineChoice;
import dev.jsbx.cli.engine.MachineEnd;
import dev.jsbx.cli.image.ImageAtHand;
import dev.jsbx.cli.sandbox.Directories;
import dev.jsbx.cli.sandbox.Layer;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxConfig;
import dev.jsbx.cli.sandbox.SandboxName;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.sandbox.SocketDirectory;
import dev.jsbx.cli.terminal.HostSignals;
import dev.jsbx.cli.terminal.RawTerminal;
import dev.jsbx.cli.vmm.VmmHandle;
import dev.jsbx.image.agent.AgentConnection;
import dev.jsbx.image.agent.ExecRequest;
import dev.jsbx.image.agent.ExitStatus;
import dev.jsbx.image.agent.Session;
import dev.jsbx.vmm.linux.FileLock;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One {@code jsbx run}, from checked options to an exit code. */
public final class Run {
    private static final int SIGNALED = 128;
    private static final long LAST_WORDS_MILLIS = 3000;

    private final RunOptions options;
    private final Timeline timeline = new Timeline();

    public Run(RunOptions options) {
        this.options = options;
    }

    /**
     * Runs the command.
     *
     * @return its exit code, or 128 and the signal's number if a signal came before it had started
     * @throws Failure if jsbx failed
     */
    public int call() throws InterruptedException {
        EngineChoice engine = EngineChoice.of(options.engine(), Directories.cache());
        if (!engine.why().isEmpty() && !options.quiet()) {
            System.err.println("jsbx: " + engine.why());
        }
        ImageAtHand.find(options.image(), options.quiet());
        timeline.mark("engine and image chosen");
        // Until the command has started, a signal ends jsbx; what was made is removed by the VMM
        // process, whose standard input then ends.
        HostSignals signals =
                HostSignals.handTo(
                        signal -> {
                            if (endsProcesses(signal)) {
                                Runtime.getRuntime().halt(SIGNALED + signal);
                            }
                        });
        SandboxStore.Created created = open(engine.engine());
        try (FileLock setup = created.setup()) {
            return runIn(created.sandbox(), signals);
        } catch (IOException e) {
            throw Failure.own("the sandbox " + created.sandbox().name() + ": " + e.getMessage(), e);
        } finally {
            signals.close();
        }
    }

    private SandboxStore.Created open(String engine) throws InterruptedException {
        SandboxStore store = SandboxStore.open();
        Optional<Sandbox> existing =
                options.name() == null ? Optional.empty() : store.find(options.name());
        if (existing.isPresent()) {
            if (options.branch() != null) {
                throw Failure.own(
                        "the sandbox "
                                + options.name()
                                + " exists: --branch is for new ones; choose another --name");
            }
            return SandboxStore.reopen(existing.get());
        }
        List<Layer> layers = AgentWork.layers(options);
        SandboxStore.Created created = store.create(config(engine, store));
        keepLayers(created.sandbox(), layers);
        if (options.branch() != null) {
            Path workspace = options.workspaces().getFirst().path();
            BranchWork.start(created.sandbox(), workspace, options.branch(), options.quiet());
        }
        return created;
    }

    private static void keepLayers(Sandbox sandbox, List<Layer> layers) {
        try {
            if (!layers.isEmpty()) {
                Layer.write(sandbox, layers);
            }
        } catch (IOException e) {
            throw Failure.own("cannot write to " + sandbox.directory() + ": " + e.getMessage(), e);
        }
    }

    // What works on a branch stays: its record says which branch there is to merge.
    private SandboxConfig config(String engine, SandboxStore store) {
        String name = options.name() == null ? SandboxName.random() : options.name();
        boolean branch = options.branch() != null;
        return new SandboxConfig(
                name,
                options.name() == null && !branch,
                Instant.now(),
                options.cpus(),
                options.memory(),
                options.image(),
                engine,
                options.network(),
                options.unguarded(),
                branch
                        ? BranchWork.share(store.directoryOf(name), options.workspaces())
                        : options.workspaces(),
                options.agent(),
                SandboxConfig.IDLE);
    }

    private static boolean endsProcesses(int signal) {
        return signal != HostSignals.SIGWINCH && signal != HostSignals.SIGCONT;
    }

    private int runIn(Sandbox sandbox, HostSignals signals)
            throws IOException, InterruptedException {
        SocketDirectory.make(sandbox);
        try (Doorbell doorbell = new Doorbell(sandbox)) {
            timeline.mark("sandbox made");
            VmmHandle vmm = VmmHandle.start(sandbox, options.console(), timeline::at);
            timeline.mark("VMM process started");
            if (options.console()) {
                ConsoleFollower.start(sandbox.consoleLog());
            }
            // While the guest boots.
            SandboxStore.open().sweep();
            SandboxConfig config = SandboxStore.config(sandbox);
            ReviewWork review =
                    ReviewWork.start(
                            sandbox,
                            config.workspaces().getFirst().source(),
                            !options.quiet() || !config.ephemeral());
            try {
                SocketChannel guest = doorbell.await(vmm.ended());
                review.await();
                return runWith(vmm, guest, signals);
            } finally {
                if (!options.quiet()) {
                    review.sum(!config.ephemeral());
                }
                vmm.release();
                if (!config.ephemeral()) {
                    vmm.await();
                    BranchWork.bringBack(sandbox, options.quiet());
                }
            }
        }
    }

    private int runWith(VmmHandle vmm, SocketChannel guest, HostSignals signals)
            throws InterruptedException {
        timeline.mark("guest connected");
        try (AgentConnection agent = new AgentConnection(guest);
                RawTerminal terminal = options.terminal() ? RawTerminal.enter() : null) {
            // The request travels while the guest still mounts its file systems.
            Session session = agent.exec(request());
            if (options.timeline()) {
                Thread.ofPlatform().daemon().start(() -> noteStart(agent, session));
            }
            Attachment attachment = new Attachment(session, terminal, options.detachKeys());
            ExitStatus status = attachment.run(signals);
            timeline.mark("command ended");
            return code(status);
        } catch (IOException e) {
            throw lost(vmm, e);
        } finally {
            if (options.timeline()) {
                timeline.print(System.err);
            }
        }
    }

    private ExecRequest request() {
        ExecRequest request =
                ExecRequest.of(options.command().toArray(String[]::new))
                        .withUser(options.user())
                        .withDirectory(options.workdir())
                        .withEnvironment(options.environment().asMap());
        return options.terminal() ? request.withTerminal(Attachment.size()) : request;
    }

    private void noteStart(AgentConnection agent, Session session) {
        try {
            session.awaitStart();
            timeline.mark("command started");
            timeline.guest(agent.hello(), System.nanoTime());
        } catch (IOException e) {
            // The timeline does without.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int code(ExitStatus status) {
        if (status == null) {
            System.err.println("jsbx: detached: the command was hung up on");
            return 0;
        }
        if (status.kind() == ExitStatus.Kind.NOT_STARTED) {
            String program = options.command().getFirst();
            System.err.println(
                    "jsbx: "
                            + program
                            + " cannot run in the guest: "
                            + status.message()
                            + ": see what the image "
                            + options.image()
                            + " has, or choose another --image");
        }
        return status.code();
    }

    // The connection broke: most likely because the guest has ended, and the VMM process says how.
    private static Failure lost(VmmHandle vmm, IOException broken) throws InterruptedException {
        try {
            MachineEnd end = vmm.ended().get(LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS);
            return Failure.own(end.detail() + " before the command had ended");
        } catch (TimeoutException e) {
            return Failure.own(broken.getMessage() + ": start the command again", broken);
        } catch (ExecutionException e) {
            return e.getCause() instanceof Failure failure
                    ? failure
                    : Failure.own(broken.getMessage(), e);
        }
    }
}
