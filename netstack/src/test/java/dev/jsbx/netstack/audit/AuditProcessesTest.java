package dev.jsbx.netstack.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes share one log, and some of them are killed. */
class AuditProcessesTest {
    private static final int MANY = 3000;

    @TempDir Path directory;

    @Test
    void linesOfSeveralProcessesNeverMix() throws Exception {
        List<Process> writers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            writers.add(AuditWriterProcess.start(directory, "box" + i, MANY));
        }
        for (Process writer : writers) {
            assertThat(writer.waitFor(120, TimeUnit.SECONDS)).as("a writer's end").isTrue();
            assertThat(writer.exitValue()).isZero();
        }
        Map<String, Integer> counts = new HashMap<>();
        new AuditReader(directory, AuditFilter.ALL)
                .records(
                        record -> {
                            assertThat(record.end()).isPresent();
                            counts.merge(record.attempt().field("sandbox"), 1, Integer::sum);
                        });
        assertThat(counts).isEqualTo(Map.of("box0", MANY, "box1", MANY, "box2", MANY));
    }

    @Test
    void aKilledProcessLosesNothingThatItWroteAndHarmsNobody() throws Exception {
        Process victim = AuditWriterProcess.start(directory, "victim", Integer.MAX_VALUE);
        waitForBytes(50_000);
        victim.destroyForcibly(); // SIGKILL
        assertThat(victim.waitFor(30, TimeUnit.SECONDS)).isTrue();
        Process other = AuditWriterProcess.start(directory, "other", 10);
        assertThat(other.waitFor(120, TimeUnit.SECONDS)).isTrue();

        List<AuditRecord> victims = records("victim");
        assertThat(victims.size()).isGreaterThan(50);
        // One after the other, none missing; only the last may be without its end.
        for (int i = 0; i < victims.size(); i++) {
            AuditRecord record = victims.get(i);
            assertThat(record.attempt().field("name")).isEqualTo("host" + (i + 1) + ".example");
            assertThat(record.end().isPresent() || i == victims.size() - 1).isTrue();
        }
        assertThat(records("other")).hasSize(10).allMatch(record -> record.end().isPresent());
    }

    private List<AuditRecord> records(String sandbox) throws IOException {
        List<AuditRecord> records = new ArrayList<>();
        new AuditReader(directory, new AuditFilter(Optional.of(sandbox), Optional.empty(), false))
                .records(records::add);
        return records;
    }

    private void waitForBytes(long wanted) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (bytes() < wanted) {
            assertThat(System.nanoTime())
                    .as("%d bytes of log in 60 s", wanted)
                    .isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private long bytes() throws IOException {
        long sum = 0;
        for (AuditFiles.LogFile file : AuditFiles.list(directory)) {
            sum += Files.size(file.path());
        }
        return sum;
    }
}
