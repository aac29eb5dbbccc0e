package dev.jsbx.cli.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SessionsTest {
    private static final Duration NEVER = Duration.ofSeconds(-1);

    @Test
    void endsWhenTheLastOneHasLeftForTheIdleTime() throws Exception {
        Sessions sessions = new Sessions(Duration.ofMillis(1));
        try (Sessions.Held first = sessions.hold("one", 1)) {
            sessions.hold("two", 2).close();
            Thread.sleep(50);
            assertThat(sessions.over()).isNotDone();
            assertThat(sessions.list()).containsExactly(first);
        }
        sessions.over().get(30, TimeUnit.SECONDS);
        assertThat(sessions.hold("three", 3)).isNull();
    }

    @Test
    void whoComesWithinTheIdleTimeKeepsIt() throws Exception {
        Sessions sessions = new Sessions(Duration.ofMillis(50));
        sessions.hold("one", 1).close();
        try (Sessions.Held second = sessions.hold("two", 2)) {
            Thread.sleep(200);
            assertThat(second.what()).isEqualTo("two");
            assertThat(sessions.over()).isNotDone();
        }
        sessions.over().get(30, TimeUnit.SECONDS);
    }

    @Test
    void goesOnWithoutAnybodyIfKeptOrWithoutIdleTime() throws Exception {
        Sessions kept = new Sessions(Duration.ofMillis(1));
        kept.keep();
        kept.hold("one", 1).close();
        Sessions forever = new Sessions(NEVER);
        forever.hold("one", 1).close();
        Thread.sleep(50);
        assertThat(kept.over()).isNotDone();
        assertThat(forever.over()).isNotDone();
        kept.end();
        assertThat(kept.over()).isDone();
    }

    @Test
    void oneMayEndItOnlyIfNobodyElseUsesIt() {
        Sessions sessions = new Sessions(NEVER);
        sessions.hold("mine", 1);
        try (Sessions.Held other = sessions.hold("other", 2)) {
            assertThat(other.since()).isNotNull();
            assertThat(sessions.endUnlessUsedByOthers(1)).isFalse();
        }
        assertThat(sessions.endUnlessUsedByOthers(1)).isTrue();
        assertThat(sessions.over()).isDone();
    }
}
