package dev.jsbx.cli.run;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.agent.BuildMachine;
import dev.jsbx.cli.engine.Engine;
import dev.jsbx.cli.engine.EngineChoice;
import dev.jsbx.cli.engine.MachineEnd;
import dev.jsbx.cli.image.ImageAtHand;
import dev.jsbx.cli.sandbox.Directories;
import dev.jsbx.cli.sandbox.NetworkMode;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxConfig;
import dev.jsbx.cli.sandbox.SandboxName;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.cli.sandbox.UpperDisk;
import dev.jsbx.cli.sandbox.Workspace;
import dev.jsbx.image.agent.AgentConnection;
import dev.jsbx.image.agent.ExecRequest;
import dev.jsbx.image.agent.Session;
import dev.jsbx.vmm.linux.FileLock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The sandbox that finishes an agent's installation, gone when it has. */
final class BuildSandbox implements BuildMachine {
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final long POWER_OFF_SECONDS = 120; // whatever the guest has still to write out
    private static final String MERGED = "exec 2>&1\n";

    private final String engine;
    private final NetworkMode network;
    private final int cpus;
    private final long memory;

    /** With the processors, the memory and the network that the agent's own sandbox will have. */
    BuildSandbox(CreateOptions options) {
        this(options.engine(), options.network(), options.cpus(), options.memory());
    }

    /** With what sandboxes get that nobody chose anything for. */
    BuildSandbox(String engine) {
        this(engine, NetworkMode.BY_POLICY, Engine.cpusByDefault(), MemorySize.byDefault());
    }

    private BuildSandbox(String engine, NetworkMode network, int cpus, long memory) {
        this.engine = EngineChoice.of(engine, Directories.cache()).engine();
        this.network = network;
        this.cpus = cpus;
        this.memory = memory;
    }

    @Override
    public int run(Job job) throws IOException, InterruptedException {
        SandboxConfig config = config(job);
        SandboxStore.Created created = SandboxStore.open().create(config);
        Sandbox sandbox = created.sandbox();
        try (FileLock setup = created.setup()) {
            if (job.disk() != null) {
                UpperDisk.make(job.disk());
                Files.createSymbolicLink(sandbox.disk(), job.disk());
            }
            try (Guest guest = StartedGuest.start(created, config, false, (what, nanos) -> {})) {
                int code = runScript(guest.connect(), job);
                powerOff(guest);
                return code;
            }
        } finally {
            Guests.awaitFree(sandbox);
        }
    }

    private SandboxConfig config(Job job) {
        return new SandboxConfig(
                SandboxName.random(),
                true,
                Instant.now(),
                cpus,
                memory,
                ImageAtHand.DEFAULT,
                engine,
                network,
                true,
                List.of(new Workspace(job.prefix(), false, job.tree())),
                "",
                List.of(),
                List.of(),
                0,
                SandboxConfig.IDLE);
    }

    private static int runScript(AgentConnection guest, Job job)
            throws IOException, InterruptedException {
        ExecRequest request =
                ExecRequest.of("sh", "-c", MERGED + job.script())
                        .withUser("root")
                        .withDirectory("/");
        try (Session session = guest.exec(request);
                BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(session.stdout(), StandardCharsets.UTF_8))) {
            session.stdin().close();
            session.stderr().close();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                job.lines().accept(line);
            }
            return session.waitFor().code();
        }
    }

    // What it wrote is then on the disk, whole.
    private static void powerOff(Guest guest) throws IOException, InterruptedException {
        try (AgentConnection agent = guest.connect()) {
            agent.powerOff(GRACE);
        }
        try {
            MachineEnd end = guest.ended().get(POWER_OFF_SECONDS, TimeUnit.SECONDS);
            if (end.kind() != MachineEnd.Kind.POWERED_OFF) {
                throw new IOException("the installer's sandbox: " + end.detail());
            }
        } catch (TimeoutException e) {
            throw new IOException("the installer's sandbox did not power off", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Failure failure) {
                throw failure;
            }
            throw new IOException(e.getCause());
        }
    }
}
