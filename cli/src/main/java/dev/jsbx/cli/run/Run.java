package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.engine.EngineChoice;
import dev.jsbx.cli.image.ImageAtHand;
import dev.jsbx.cli.sandbox.Directories;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxConfig;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.terminal.HostSignals;
import dev.jsbx.image.agent.AgentConnection;
import dev.jsbx.image.agent.Session;
import java.io.IOException;
import java.util.Optional;

/** One {@code jsbx run}, from checked options to an exit code. */
public final class Run {
    private static final long NOTING_MILLIS = 1000;

    private final RunOptions options;
    private final Timeline timeline = new Timeline();
    private Thread starting; // notes when the command began

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
        // Until the command has started, a signal ends jsbx; what was made is removed by the VMM
        // process, whose standard input then ends.
        HostSignals signals = HostSignals.endingThisProcess();
        try (Guest guest = guest()) {
            return runIn(guest, signals);
        } catch (IOException e) {
            throw Failure.own("the sandbox " + options.name() + ": " + e.getMessage(), e);
        } finally {
            signals.close();
        }
    }

    private Guest guest() throws InterruptedException, IOException {
        SandboxStore store = SandboxStore.open();
        Optional<Sandbox> existing =
                options.name() == null ? Optional.empty() : store.find(options.name());
        if (existing.isEmpty()) {
            SandboxStore.Created created = createUnlessTaken(store);
            if (created != null) {
                return Guests.start(created, options.console(), timeline::at);
            }
            existing = store.find(options.name());
        }
        if (options.create().branch() != null) {
            throw Failure.own(
                    "the sandbox "
                            + options.name()
                            + " exists: --branch is for new ones; choose another --name");
        }
        PortNotes.add(existing.get(), options.create().ports());
        return Guests.enter(
                existing.orElseThrow(), options.command().text(), options.console(), timeline::at);
    }

    // Null if another command of the same name was faster: then there is one to join.
    private SandboxStore.Created createUnlessTaken(SandboxStore store) throws InterruptedException {
        try {
            return create(store);
        } catch (Failure e) {
            boolean taken = options.name() != null && store.find(options.name()).isPresent();
            if (taken && options.create().branch() == null) {
                return null;
            }
            throw e;
        }
    }

    private SandboxStore.Created create(SandboxStore store) throws InterruptedException {
        EngineChoice engine = EngineChoice.of(options.create().engine(), Directories.cache());
        if (!engine.why().isEmpty() && !options.quiet()) {
            System.err.println("jsbx: " + engine.why());
        }
        ImageAtHand.find(options.create().image(), options.quiet());
        timeline.mark("engine and image chosen");
        SandboxStore.Created created = options.create().in(store, engine.engine(), options.quiet());
        timeline.mark("sandbox made");
        return created;
    }

    private int runIn(Guest guest, HostSignals signals) throws IOException, InterruptedException {
        timeline.mark("VMM process started");
        Sandbox sandbox = guest.sandbox();
        if (options.console()) {
            ConsoleFollower.start(sandbox.consoleLog());
        }
        // While the guest boots.
        SandboxStore.open().sweep();
        SandboxConfig config = guest.config();
        ReviewWork review =
                ReviewWork.start(
                        sandbox,
                        config.workspaces().getFirst().source(),
                        !options.quiet() || !config.ephemeral());
        try {
            return options.detached() ? detach(guest, review) : attend(guest, review, signals);
        } finally {
            if (!options.quiet() && !options.detached()) {
                review.sum(!config.ephemeral());
            }
            if (!config.ephemeral() && !options.detached()) {
                bringBack(guest);
            }
        }
    }

    private int attend(Guest guest, ReviewWork review, HostSignals signals)
            throws InterruptedException {
        review.await();
        try {
            return options.command()
                    .run(
                            guest,
                            signals,
                            new GuestCommand.Started() {
                                @Override
                                public void asked() {
                                    timeline.mark("guest connected");
                                    sayPorts(guest);
                                }

                                @Override
                                public void session(AgentConnection agent, Session session) {
                                    noteStart(agent, session);
                                }
                            },
                            true);
        } finally {
            timeline.mark("command ended");
            if (options.timeline()) {
                printTimeline();
            }
        }
    }

    // The VMM process keeps the guest, and its command if there is one.
    private int detach(Guest guest, ReviewWork review) throws InterruptedException {
        review.await();
        guest.awaitReady();
        sayPorts(guest);
        options.command().leave(guest);
        System.out.println(guest.sandbox().name());
        return 0;
    }

    private void sayPorts(Guest guest) {
        if (!options.quiet()) {
            PortNotes.print(guest.sandbox(), options.create().ports());
        }
    }

    private void noteStart(AgentConnection agent, Session session) {
        if (options.timeline()) {
            starting = Thread.ofPlatform().daemon().start(() -> awaitStart(agent, session));
        }
    }

    // A short command may have ended before it was noted that it had begun.
    private void printTimeline() throws InterruptedException {
        if (starting != null) {
            starting.join(NOTING_MILLIS);
        }
        timeline.print(System.err);
    }

    private void awaitStart(AgentConnection agent, Session session) {
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

    // Work on a branch is on the host's when the last session has ended. The guest is ended for
    // it: nobody writes to the clone while it is read.
    private void bringBack(Guest guest) throws IOException, InterruptedException {
        if (!BranchWork.isIn(guest.sandbox())) {
            return;
        }
        if (guest.ended().isDone() || guest.stopUnused().isPresent()) {
            Guests.awaitFree(guest.sandbox());
            BranchWork.bringBack(guest.sandbox(), options.quiet());
        }
    }
}
