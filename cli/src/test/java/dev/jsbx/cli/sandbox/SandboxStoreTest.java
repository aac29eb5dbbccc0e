package dev.jsbx.cli.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jsbx.cli.Failure;
import dev.jsbx.vmm.linux.FileLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxStoreTest {
    @TempDir Path root;
    private SandboxStore store;

    @BeforeEach
    void open() {
        store = SandboxStore.at(root);
    }

    private static SandboxConfig config(String name, boolean ephemeral) {
        return new SandboxConfig(
                name,
                ephemeral,
                Instant.parse("2026-01-01T00:00:00Z"),
                2,
                512L << 20,
                "minimal",
                "qemu",
                NetworkMode.parse("locked-down"),
                true,
                List.of(new Workspace(Path.of("/tmp/a \"quoted\" dir"), true, Path.of("/c"))),
                "claude",
                List.of("api.example.com", "*.example.org:8443"),
                PublishedPort.parse("8080:3000", "[::1]:53:53/udp", "4000"),
                256L << 20,
                Duration.ofMinutes(5));
    }

    @Test
    void configurationSurvivesTheFile() {
        Sandbox sandbox = store.create(config("one", false)).sandbox();
        assertThat(SandboxStore.config(sandbox)).isEqualTo(config("one", false));
        assertThat(store.find("one")).isPresent();
        assertThat(store.list()).extracting(Sandbox::name).containsExactly("one");
    }

    @Test
    void aNameIsGivenOnce() throws InterruptedException {
        Set<String> refused = ConcurrentHashMap.newKeySet();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String who = "thread " + i;
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            store.create(config("same", false));
                                        } catch (Failure e) {
                                            refused.add(who + ": " + e.getMessage());
                                        }
                                    }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(refused).hasSize(7).allMatch(text -> text.contains("a sandbox named same"));
        assertThat(root).isDirectoryContaining("glob:**/same");
        assertThat(root.toFile().list()).containsExactly("same");
    }

    @Test
    void sweepTakesWhatNobodyHoldsAndLeavesTheRest() throws IOException {
        SandboxStore.Created held = store.create(config("held", true));
        SandboxStore.Created orphan = store.create(config("orphan", true));
        orphan.setup().close();
        SandboxStore.Created kept = store.create(config("kept", false));
        kept.setup().close();
        Files.createDirectories(root.resolve(".new-1"));
        Files.createDirectories(root.resolve(".dead-1/s"));
        store.sweep();
        assertThat(root.toFile().list()).containsExactlyInAnyOrder("held", "kept");
        held.setup().close();
        store.sweep();
        assertThat(root.toFile().list()).containsExactly("kept");
    }

    @Test
    void runningIsALockThatSomebodyHolds() {
        Sandbox sandbox = store.create(config("one", false)).sandbox();
        assertThat(sandbox.isRunning()).isFalse();
        FileLock lock = sandbox.tryRun().orElseThrow();
        assertThat(sandbox.isRunning()).isTrue();
        assertThat(sandbox.tryRun()).isEmpty();
        lock.close();
        assertThat(sandbox.isRunning()).isFalse();
    }

    @Test
    void aDamagedFileIsNamed() throws IOException {
        Sandbox sandbox = store.create(config("one", false)).sandbox();
        Files.writeString(sandbox.directory().resolve("sandbox.json"), "{\"name\":\"one\"");
        assertThatThrownBy(() -> SandboxStore.config(sandbox))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("sandbox.json cannot be read");
    }

    @Test
    void socketsOfADeepDirectoryAreElsewhere() throws IOException {
        Sandbox deep = Sandbox.at(root.resolve("x".repeat(90)));
        assertThat(deep.sockets().toString().length()).isLessThan(80);
        SocketDirectory.make(deep);
        assertThat(deep.sockets()).isEmptyDirectory();
        SandboxStore.delete(deep.sockets());
        assertThat(Sandbox.at(Path.of("/s/one")).sockets()).isEqualTo(Path.of("/s/one/s"));
    }
}
