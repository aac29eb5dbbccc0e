package dev.jsbx.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.jsbx.cli.Failure;
import dev.jsbx.image.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentStoreTest {
    @TempDir private Path cache;
    private final AtomicInteger runs = new AtomicInteger();

    private static Agent agent(String... install) {
        return new Agent(
                "mine",
                List.of(),
                List.of(install),
                List.of("mine"),
                List.of(),
                Map.of(),
                List.of(),
                List.of());
    }

    // What a guest would do: write to the tree and to its disk.
    private int guest(BuildMachine.Job job) throws IOException {
        Path bin = Files.createDirectories(job.tree().resolve("bin"));
        Files.writeString(bin.resolve("mine"), job.script());
        Files.writeString(job.disk(), "disk " + runs.incrementAndGet());
        return 0;
    }

    private AgentStore store() {
        return new AgentStore(cache);
    }

    @Test
    void installsOnceAndAnewWhenTheRecipeChanges() throws Exception {
        InstalledAgent first = store().install(agent("a"), this::guest, Progress.SILENT, false);
        assertThat(first.layers()).extracting("type").containsExactly("erofs", "ext4");
        assertThat(store().install(agent("a"), this::guest, Progress.SILENT, false))
                .isEqualTo(first);
        assertThat(store().find(agent("a"))).contains(first);
        assertThat(store().find(agent("b"))).isEmpty();
        InstalledAgent second = store().install(agent("b"), this::guest, Progress.SILENT, false);
        assertThat(runs).hasValue(2);
        assertThat(second.layers().getLast().file()).hasContent("disk 2");
        assertThat(second.size()).isPositive();
        assertThat(first.layers().getFirst().file()).doesNotExist();
        assertThat(left()).containsExactlyInAnyOrder(names(second));
    }

    @Test
    void manyAtOnceInstallOnce() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            store().install(
                                                            agent("a"),
                                                            this::guest,
                                                            Progress.SILENT,
                                                            false);
                                        } catch (InterruptedException e) {
                                            Thread.currentThread().interrupt();
                                        }
                                    }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(runs).hasValue(1);
    }

    @Test
    void aFailedInstallerLeavesWhatWasThere() throws Exception {
        InstalledAgent first = store().install(agent("a"), this::guest, Progress.SILENT, false);
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> store().install(agent("a"), this::fail, Progress.SILENT, true))
                .withMessageContaining("the installer of mine ended with 7: no such host");
        assertThat(store().find(agent("a"))).contains(first);
        assertThat(left()).containsExactlyInAnyOrder(names(first));
    }

    private int fail(BuildMachine.Job job) {
        job.lines().accept("no such host");
        return 7;
    }

    @Test
    void whatAKilledInstallationLeftIsSwept() throws Exception {
        Path agents = Files.createDirectories(cache.resolve("agents"));
        Files.createDirectories(agents.resolve("new-mine@1/root/opt"));
        Files.writeString(agents.resolve("mine@0.erofs"), "never named");
        Files.createDirectories(agents.resolve("new-mine-too@1"));
        InstalledAgent installed = store().install(agent("a"), this::guest, Progress.SILENT, false);
        List<String> expected = new ArrayList<>(List.of(names(installed)));
        expected.add("new-mine-too@1");
        assertThat(left()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(store().remove(agent("a"))).isTrue();
        assertThat(left()).containsExactlyInAnyOrder("mine.lock", "new-mine-too@1");
        assertThat(store().remove(agent("a"))).isFalse();
    }

    private static String[] names(InstalledAgent installed) {
        return Stream.concat(
                        Stream.of("mine.lock", "mine.properties"),
                        installed.layers().stream().map(l -> l.file().getFileName().toString()))
                .toArray(String[]::new);
    }

    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(cache.resolve("agents"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
