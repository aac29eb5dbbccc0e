package dev.jsbx.netstack.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Running sandboxes follow their policy file, and nothing broken ever opens anything. */
class PolicyWatchTest {
    private static final Ip PUBLIC = Ip.parse("93.184.216.34");

    @TempDir Path directory;
    private final LinkedBlockingQueue<PolicyEngine> changes = new LinkedBlockingQueue<>();
    private PolicyFile file;

    @BeforeEach
    void write() throws IOException {
        file = PolicyFile.at(directory.resolve("policy.yaml"));
        Files.writeString(file.path(), "mode: open\n");
    }

    private PolicyWatch watch() throws IOException {
        PolicyWatch watch = PolicyWatch.open(file, Optional.of("me"), Optional.empty());
        watch.follow(changes::add);
        return watch;
    }

    private PolicyEngine changed() throws InterruptedException {
        PolicyEngine engine = changes.poll(30, TimeUnit.SECONDS);
        assertThat(engine).as("a new engine within 30 s").isNotNull();
        return engine;
    }

    private static boolean allows(PolicyEngine engine, String name) {
        return engine.decide(Transport.TCP, name, PUBLIC, 443).allowed();
    }

    @Test
    void anEditByCommandIsSeen() throws Exception {
        try (PolicyWatch watch = watch()) {
            assertThat(allows(watch.get(), "a.example")).isTrue();
            file.add(Rule.of(Action.DENY, "a.example").in("me"));
            assertThat(allows(changed(), "a.example")).isFalse();
            assertThat(allows(watch.get(), "a.example")).isFalse();
            file.remove(List.of(Rule.of(Action.DENY, "a.example").in("me")));
            assertThat(allows(changed(), "a.example")).isTrue();
        }
    }

    @Test
    void anEditInPlaceIsSeen() throws Exception {
        try (PolicyWatch watch = watch()) {
            Files.writeString(file.path(), "mode: locked-down\n");
            assertThat(changed().mode()).isEqualTo(Mode.LOCKED_DOWN);
            assertThat(watch.get().mode()).isEqualTo(Mode.LOCKED_DOWN);
        }
    }

    @Test
    void aBrokenFileDeniesAllUntilItIsWhole() throws Exception {
        try (PolicyWatch watch = watch()) {
            Files.writeString(file.path(), "mode: open\nwhat: ever\n");
            PolicyEngine broken = changed();
            Decision decision = broken.decide(Transport.TCP, "a.example", PUBLIC, 443);
            assertThat(decision.allowed()).isFalse();
            assertThat(decision.kind()).isEqualTo(Decision.Kind.BROKEN);
            assertThat(decision.reason()).contains("line 2: unknown key \"what\"");
            assertThat(broken.decideName("a.example").allowed()).isFalse();
            assertThat(broken.decideReach(null, PUBLIC).allowed()).isFalse();
            Files.writeString(file.path(), "mode: open\n");
            assertThat(allows(changed(), "a.example")).isTrue();
            assertThat(allows(watch.get(), "a.example")).isTrue();
        }
    }

    @Test
    void aFileThatIsGoneDeniesAll() throws Exception {
        try (PolicyWatch watch = watch()) {
            Files.delete(file.path());
            assertThat(changed().brokenBecause()).contains("is gone");
            assertThat(allows(watch.get(), "a.example")).isFalse();
        }
    }

    @Test
    void aFileThatAnEditorMovesAwayForAMomentIsNotGone() throws Exception {
        try (PolicyWatch watch = watch()) {
            Path backup = directory.resolve("policy.yaml~");
            Files.move(file.path(), backup, StandardCopyOption.REPLACE_EXISTING);
            Files.writeString(file.path(), "mode: balanced\n");
            assertThat(changed().mode()).isEqualTo(Mode.BALANCED);
            assertThat(watch.get().brokenBecause()).isNull();
        }
    }

    @Test
    void noFileIsTheDefaultAndOneMayAppear() throws Exception {
        Files.delete(file.path());
        try (PolicyWatch watch = watch()) {
            assertThat(watch.get().mode()).isEqualTo(Mode.BALANCED);
            file.reset(Mode.LOCKED_DOWN);
            assertThat(changed().mode()).isEqualTo(Mode.LOCKED_DOWN);
        }
    }

    @Test
    void brokenFromTheStartDeniesAll() throws Exception {
        Files.writeString(file.path(), "mode: [\n");
        try (PolicyWatch watch = watch()) {
            assertThat(watch.get().brokenBecause()).contains("policy.yaml: line 2");
            assertThat(allows(watch.get(), "a.example")).isFalse();
        }
    }

    @Test
    void aModeOfTheCommandLineStaysWhateverTheFileSays() throws Exception {
        try (PolicyWatch watch =
                PolicyWatch.open(file, Optional.empty(), Optional.of(Mode.LOCKED_DOWN))) {
            watch.follow(changes::add);
            assertThat(watch.get().mode()).isEqualTo(Mode.LOCKED_DOWN);
            file.add(Rule.of(Action.ALLOW, "a.example"));
            assertThat(changed().mode()).isEqualTo(Mode.LOCKED_DOWN);
            assertThat(allows(watch.get(), "a.example")).isTrue();
        }
    }

    @Test
    void aListenerThatThrowsDoesNotEndTheWatch() throws Exception {
        try (PolicyWatch watch = PolicyWatch.open(file, Optional.empty(), Optional.empty())) {
            watch.follow(
                    engine -> {
                        changes.add(engine);
                        throw new IllegalStateException("not ready yet");
                    });
            file.add(Rule.of(Action.DENY, "a.example"));
            assertThat(allows(changed(), "a.example")).isFalse();
            file.add(Rule.of(Action.DENY, "b.example"));
            assertThat(allows(changed(), "b.example")).isFalse();
            assertThat(allows(watch.get(), "b.example")).isFalse();
        }
    }

    @Test
    void whatChangesBeforeTheListenerIsThereCounts() throws Exception {
        try (PolicyWatch watch = PolicyWatch.open(file, Optional.empty(), Optional.empty())) {
            file.add(Rule.of(Action.DENY, "a.example"));
            watch.follow(changes::add);
            assertThat(allows(changed(), "a.example")).isFalse();
        }
    }

    @Test
    void aWatchThatFailsDeniesAll() throws Exception {
        try (PolicyWatch watch = PolicyWatch.open(file, Optional.empty(), Optional.empty())) {
            watch.follow(
                    engine -> {
                        changes.add(engine);
                        if (engine.brokenBecause() == null) {
                            throw new LinkageError("cannot go on");
                        }
                    });
            assertThat(allows(watch.get(), "a.example")).isTrue();
            file.add(Rule.of(Action.DENY, "b.example"));
            assertThat(changed().brokenBecause()).isNull();
            assertThat(changed().brokenBecause()).contains("no longer followed");
            assertThat(allows(watch.get(), "a.example")).isFalse();
        }
    }

    @Test
    void aMomentWithoutAWholeFileAtTheStartIsWaitedFor() throws Exception {
        Files.writeString(file.path(), "mode: [\n");
        Thread editor =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        Thread.sleep(30);
                                        Files.writeString(file.path(), "mode: open\n");
                                    } catch (IOException | InterruptedException e) {
                                        throw new IllegalStateException(e);
                                    }
                                });
        try (PolicyWatch watch = watch()) {
            editor.join();
            PolicyEngine engine = watch.get();
            assertThat(engine.brokenBecause() == null || changed().brokenBecause() == null)
                    .isTrue();
        }
    }
}
