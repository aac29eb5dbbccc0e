package dev.jsbx.cli.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClockKeeperTest {
    private Instant wall = Instant.parse("2026-01-01T00:00:00Z");
    private long monotonic;
    private boolean reachable = true;
    private final List<Instant> set = new ArrayList<>();
    private final ClockKeeper keeper =
            new ClockKeeper(
                    () -> wall,
                    () -> monotonic,
                    now -> {
                        if (!reachable) {
                            throw new IOException("it boots");
                        }
                        set.add(now);
                    });

    private void pass(Duration onTheWall, Duration monotonically) {
        wall = wall.plus(onTheWall);
        monotonic += monotonically.toNanos();
        keeper.look();
    }

    @Test
    void timeThatPassesAsItShouldIsNobodysConcern() {
        pass(Duration.ofSeconds(2), Duration.ofSeconds(2));
        pass(Duration.ofMillis(2100), Duration.ofSeconds(2));
        assertThat(set).isEmpty();
    }

    @Test
    void sleepAndNewTimesReachTheGuestOnce() {
        pass(Duration.ofHours(8), Duration.ofSeconds(1));
        assertThat(set).containsExactly(wall);
        pass(Duration.ofSeconds(2), Duration.ofSeconds(2));
        assertThat(set).hasSize(1);
        pass(Duration.ofMinutes(-5), Duration.ofSeconds(2));
        assertThat(set).hasSize(2).endsWith(wall);
    }

    @Test
    void aGuestThatCannotBeReachedIsToldLater() {
        reachable = false;
        pass(Duration.ofHours(1), Duration.ofSeconds(1));
        assertThat(set).isEmpty();
        reachable = true;
        pass(Duration.ofSeconds(2), Duration.ofSeconds(2));
        assertThat(set).containsExactly(wall);
    }
}
