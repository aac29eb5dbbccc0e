package dev.jsbx.netstack.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Edits of the file itself: whole or not at all, by any number of writers. */
class PolicyFileTest {
    @TempDir Path directory;

    private PolicyFile file() {
        return PolicyFile.at(directory.resolve("config/jsbx/policy.yaml"));
    }

    @Test
    void isMadeWithAnExplanationAndForItsOwnerOnly() throws IOException {
        PolicyFile file = file();
        assertThat(file.read()).isEqualTo(Policy.EMPTY);
        assertThat(file.add(Rule.of(Action.ALLOW, "github.com:443"))).isTrue();
        assertThat(file.add(Rule.of(Action.ALLOW, "github.com:443"))).isFalse();
        assertThat(Files.readString(file.path()))
                .startsWith("# Network policy of jsbx")
                .endsWith("mode: balanced\nrules:\n  - allow: github.com:443\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
                .isEqualTo("rw-------");
        file.remove(List.of(Rule.of(Action.ALLOW, "github.com:443")));
        file.remove(List.of(Rule.of(Action.ALLOW, "github.com:443")));
        assertThat(file.read().rules()).isEmpty();
    }

    @Test
    void aBrokenFileIsNotEdited() throws IOException {
        PolicyFile file = file();
        file.reset(Mode.OPEN);
        Files.writeString(file.path(), "mode: open\nrulez: []\n");
        assertThatThrownBy(() -> file.add(Rule.of(Action.ALLOW, "a.example")))
                .isInstanceOf(PolicySyntaxException.class)
                .hasMessage(
                        file.path()
                                + ": line 2: unknown key \"rulez\"; accepted are mode,"
                                + " rules, sandboxes and unlogged");
        assertThat(Files.readString(file.path())).isEqualTo("mode: open\nrulez: []\n");
        Optional<Path> kept = file.reset(Mode.BALANCED);
        assertThat(Files.readString(kept.orElseThrow())).isEqualTo("mode: open\nrulez: []\n");
        assertThat(file.read().globalMode()).isEqualTo(Mode.BALANCED);
    }

    @Test
    void bytesThatAreNoTextAreSaidToBeNone() throws IOException {
        PolicyFile file = file();
        file.reset(Mode.OPEN);
        Files.write(file.path(), new byte[] {'a', (byte) 0xff});
        assertThatThrownBy(file::read).hasMessage(file.path() + ": it is not UTF-8");
    }

    @Test
    void aSymbolicLinkStaysOne() throws IOException {
        Path real = Files.writeString(directory.resolve("dotfile.yaml"), "mode: open\n");
        PolicyFile file = file();
        Files.createDirectories(file.path().getParent());
        Files.createSymbolicLink(file.path(), real);
        file.add(Rule.of(Action.DENY, "a.example"));
        assertThat(Files.isSymbolicLink(file.path())).isTrue();
        assertThat(Files.readString(real)).isEqualTo("mode: open\nrules:\n  - deny: a.example\n");
    }

    @Test
    void noEditIsLostWhenManyWriteAtOnce() throws Exception {
        PolicyFile file = file();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                Rule rule = Rule.of(Action.ALLOW, "host" + i + ".example");
                all.add(threads.submit(() -> file.add(rule)));
            }
            for (Future<?> each : all) {
                each.get();
            }
        }
        assertThat(file.read().rules()).hasSize(40);
        try (Stream<Path> left = Files.list(file.path().getParent())) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("policy.yaml", ".policy.yaml.lock");
        }
    }

    @Test
    void whetherUnloggedConnectionsMayBeMadeStaysThroughEdits() throws IOException {
        PolicyFile file = file();
        file.reset(Mode.OPEN);
        Files.writeString(file.path(), "unlogged: allow # the disk is small\nmode: open\n");
        file.add(Rule.of(Action.DENY, "a.example"));
        assertThat(file.read().allowsUnlogged()).isTrue();
        assertThat(Files.readString(file.path())).startsWith("unlogged: allow # the disk is small");
        file.reset(Mode.OPEN);
        assertThat(file.read().allowsUnlogged()).isFalse();
    }
}
