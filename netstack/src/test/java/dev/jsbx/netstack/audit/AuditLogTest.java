package dev.jsbx.netstack.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jsbx.netstack.policy.Decision;
import dev.jsbx.netstack.policy.Ip;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written, how it is read back, and how much is kept. */
class AuditLogTest {
    private static final Decision ALLOW =
            new Decision(true, Decision.Kind.RULE, "allow a.example (global)", "because");
    private static final Decision DENY =
            new Decision(false, Decision.Kind.RULE, "deny *.ads.example (global)", "no \"ads\"");

    @TempDir Path directory;
    private Instant now = Instant.parse("2026-01-31T23:59:58.007Z");

    private AuditLog open(AuditOptions options) {
        return AuditLog.open(options, "box", () -> now);
    }

    private static Attempt attempt(String name, Decision decision) {
        return new Attempt("tcp", name, Ip.parse("192.0.2.7"), 443, decision, Via.TRANSPARENT);
    }

    private List<AuditRecord> records(AuditFilter filter) throws IOException {
        List<AuditRecord> records = new ArrayList<>();
        new AuditReader(directory, filter).records(records::add);
        return records;
    }

    private List<String> files() throws IOException {
        try (Stream<Path> list = Files.list(directory)) {
            return list.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void theRecordIsInTheFileBeforeAttemptReturns() throws IOException {
        try (AuditLog log = open(AuditOptions.in(directory))) {
            long number = log.attempt(attempt("a.example", ALLOW));
            Path file = directory.resolve("2026-01-31.jsonl");
            assertThat(Files.readString(file))
                    .matches(
                            "\\{\"v\":1,\"event\":\"attempt\",\"time\":\"2026-01-31T23:59:58.007Z\","
                                    + "\"id\":\"[0-9a-z]+-[0-9a-z]+-1\",\"sandbox\":\"box\","
                                    + "\"protocol\":\"tcp\",\"name\":\"a.example\","
                                    + "\"address\":\"192.0.2.7\",\"port\":443,"
                                    + "\"via\":\"transparent\",\"decision\":\"allow\","
                                    + "\"rule\":\"allow a.example \\(global\\)\","
                                    + "\"reason\":\"because\"}\n");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            log.request(number, "GET", "a.example", "/x?token=1", ALLOW, "my-secret");
            log.end(number, 10, 20, 3_000_000, "finished");
        }
        AuditRecord record = records(AuditFilter.ALL).getFirst();
        assertThat(record.attempt().field("name")).isEqualTo("a.example");
        assertThat(record.requests()).hasSize(1);
        assertThat(record.requests().getFirst().field("path")).isEqualTo("/x");
        assertThat(record.requests().getFirst().field("secret")).isEqualTo("my-secret");
        AuditEvent end = record.end().orElseThrow();
        assertThat(end.number("sent")).isEqualTo(10);
        assertThat(end.number("received")).isEqualTo(20);
        assertThat(end.number("micros")).isEqualTo(3000);
    }

    @Test
    void attemptsAreReadInTheirOrderWhateverEndsFirst() throws IOException {
        try (AuditLog log = open(AuditOptions.in(directory))) {
            long first = log.attempt(attempt("first.example", ALLOW));
            long second = log.attempt(attempt("second.example", ALLOW));
            log.attempt(attempt("third.example", DENY));
            log.end(second, 1, 1, 1, "finished");
            log.end(first, 1, 1, 1, "finished");
            log.attempt(attempt("fourth.example", ALLOW));
        }
        assertThat(records(AuditFilter.ALL))
                .extracting(record -> record.attempt().field("name"))
                .containsExactly(
                        "first.example", "second.example", "third.example", "fourth.example");
        assertThat(records(new AuditFilter(Optional.empty(), Optional.empty(), true)))
                .extracting(record -> record.attempt().field("reason"))
                .containsExactly("no \"ads\"");
        assertThat(records(new AuditFilter(Optional.of("other"), Optional.empty(), false)))
                .isEmpty();
        assertThat(
                        records(
                                new AuditFilter(
                                        Optional.empty(), Optional.of(now.plusMillis(1)), false)))
                .isEmpty();
    }

    @Test
    void aNewDayIsANewFile() throws IOException {
        try (AuditLog log = open(AuditOptions.in(directory))) {
            log.attempt(attempt("a.example", ALLOW));
            now = now.plusSeconds(3);
            log.attempt(attempt("b.example", ALLOW));
        }
        assertThat(files()).containsExactly("2026-01-31.jsonl", "2026-02-01.jsonl");
        assertThat(records(AuditFilter.ALL)).hasSize(2);
    }

    @Test
    void aFileThatIsBigEnoughIsFollowedByAnother() throws IOException {
        AuditOptions options = new AuditOptions(directory, 500, 1 << 20, 1 << 20, 90);
        try (AuditLog log = open(options)) {
            for (int i = 0; i < 25; i++) {
                log.attempt(attempt("a" + i + ".example", ALLOW));
            }
        }
        assertThat(files())
                .contains("2026-01-31.jsonl", "2026-01-31.1.jsonl", "2026-01-31.10.jsonl");
        assertThat(records(AuditFilter.ALL))
                .extracting(record -> record.attempt().field("name"))
                .startsWith("a0.example", "a1.example")
                .hasSize(25)
                .endsWith("a24.example");
    }

    @Test
    void aDayThatIsFullRefusesRatherThanForgets() {
        AuditOptions options = new AuditOptions(directory, 400, 1000, 1000, 90);
        try (AuditLog log = open(options)) {
            assertThatThrownBy(
                            () -> {
                                for (int i = 0; i < 10; i++) {
                                    log.attempt(attempt("a.example", ALLOW));
                                }
                            })
                    .isInstanceOf(AuditException.class)
                    .hasMessageStartingWith(
                            "the audit log of 2026-01-31 has its 1000 bytes of sandbox");
        }
    }

    @Test
    void aNoisySandboxShutsNoOtherOut() {
        AuditOptions options = new AuditOptions(directory, 400, 5000, 50_000, 90);
        try (AuditLog noisy = AuditLog.open(options, "noisy", this::now);
                AuditLog quiet = AuditLog.open(options, "quiet", this::now)) {
            quiet.attempt(attempt("a.example", ALLOW));
            assertThat(fill(noisy)).isBetween(10, 30);
            quiet.attempt(attempt("a.example", ALLOW));
            try (AuditLog late = AuditLog.open(options, "late", this::now)) {
                late.attempt(attempt("a.example", ALLOW));
            }
            try (AuditLog again = AuditLog.open(options, "noisy", this::now)) {
                assertThat(fill(again)).isZero();
            }
        }
    }

    private Instant now() {
        return now;
    }

    private static int fill(AuditLog log) {
        for (int i = 0; i < 1000; i++) {
            try {
                log.attempt(attempt("a.example", ALLOW));
            } catch (AuditException e) {
                return i;
            }
        }
        return 1000;
    }

    @Test
    void oldDaysGoButNeverToday() throws IOException {
        AuditOptions options = new AuditOptions(directory, 1 << 20, 1 << 20, 1200, 30);
        try (AuditLog log = open(options)) {
            for (int day = 0; day < 50; day++) {
                log.attempt(attempt("a.example", ALLOW));
                log.attempt(attempt("b.example", ALLOW));
                now = now.plus(Duration.ofDays(1));
            }
        }
        assertThat(files()).hasSizeBetween(2, 4).contains("2026-03-21.jsonl");
        assertThat(records(AuditFilter.ALL)).hasSizeLessThanOrEqualTo(8);
    }

    @Test
    void whatIsNoRecordIsSkipped() throws IOException {
        try (AuditLog log = open(AuditOptions.in(directory))) {
            log.attempt(attempt("a.example", ALLOW));
            Path file = directory.resolve("2026-01-31.jsonl");
            String whole = Files.readString(file);
            append(
                    file,
                    "\n\n[]\nnull\n{}\n" + "\0".repeat(100) + "\n" + "x".repeat(200_000) + "\n");
            append(file, "{\"v\":1,\"event\":\"attempt\"}\n");
            append(file, whole.replace("2026-01-31T", "2026-13-31T"));
            append(file, whole.replace("\"port\":443", "\"port\":[443]"));
            append(file, whole.substring(0, 100)); // torn, and the next is glued to it
            log.attempt(attempt("b.example", ALLOW));
            append(file, whole.substring(0, 50)); // torn, and nothing follows
        }
        Files.createFile(directory.resolve("2026-99-99.jsonl"));
        Files.createFile(directory.resolve("notes.txt"));
        assertThat(records(AuditFilter.ALL))
                .extracting(record -> record.attempt().field("name"))
                .containsExactly("a.example", "b.example");
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
    }

    @Test
    void aFollowerSeesWhatComesAndOnlyThat() throws IOException {
        try (AuditLog log = open(AuditOptions.in(directory))) {
            log.attempt(attempt("before.example", ALLOW));
            List<String> seen = new ArrayList<>();
            try (AuditFollower follower = new AuditFollower(directory, AuditFilter.ALL)) {
                follower.poll(event -> seen.add(event.field("name")));
                assertThat(seen).isEmpty();
                log.attempt(attempt("after.example", ALLOW));
                now = now.plusSeconds(3);
                log.attempt(attempt("tomorrow.example", DENY));
                follower.poll(event -> seen.add(event.field("name")));
                follower.poll(event -> seen.add(event.field("name")));
            }
            assertThat(seen).containsExactly("after.example", "tomorrow.example");
        }
    }

    @Test
    void aClosedLogRefuses() {
        AuditLog log = open(AuditOptions.in(directory));
        log.close();
        log.close();
        assertThatThrownBy(() -> log.attempt(attempt("a.example", ALLOW)))
                .isInstanceOf(AuditException.class);
        log.end(1, 0, 0, 0, "late");
        assertThat(log.unlogged()).isEqualTo(1);
    }

    @Test
    void theSummaryCountsByHostAndRule() throws IOException {
        try (AuditLog log = open(AuditOptions.in(directory))) {
            log.attempt(attempt("a.example", ALLOW));
            now = now.plusSeconds(1);
            log.attempt(attempt("x.ads.example", DENY));
            log.attempt(attempt("a.example", ALLOW));
            log.attempt(new Attempt("dns", "b.example", null, 0, ALLOW, Via.DNS));
        }
        AuditSummary summary = new AuditSummary();
        new AuditReader(directory, AuditFilter.ALL).events(summary::add);
        assertThat(summary.rows(false))
                .extracting(row -> row.type() + " " + row.host() + " " + row.count())
                .containsExactly("network a.example:443 2", "dns b.example 1");
        assertThat(summary.rows(true))
                .extracting(row -> row.host() + " " + row.rule() + " " + row.count())
                .containsExactly("x.ads.example:443 deny *.ads.example (global) 1");
    }

    @Test
    void aRequestThatIsDeniedInsideOfAnAllowedConnectionCounts() throws IOException {
        try (AuditLog log = open(AuditOptions.in(directory))) {
            long number = log.attempt(attempt("a.example", ALLOW));
            log.request(number, "GET", "a.example", "/1", ALLOW, null);
            log.request(number, "GET", "x.ads.example", "/2", DENY, null);
            log.end(number, 1, 2, 3000, "finished");
            Attempt told =
                    new Attempt("tcp", "b.ads.example", Ip.parse("::1"), 80, DENY, Via.TRANSPARENT);
            long denied = log.attempt(told);
            log.request(denied, "GET", "b.ads.example", "/3", DENY, null);
            log.end(denied, 1, 2, 3000, "denied");
        }
        AuditSummary summary = new AuditSummary();
        new AuditReader(directory, AuditFilter.ALL).events(summary::add);
        assertThat(summary.rows(false)).hasSize(1);
        assertThat(summary.rows(true))
                .extracting(row -> row.host() + " " + row.via() + " " + row.count())
                .containsExactlyInAnyOrder(
                        "x.ads.example:443 transparent 1", "b.ads.example:80 transparent 1");
        AuditFilter denied = new AuditFilter(Optional.empty(), Optional.empty(), true);
        assertThat(records(denied))
                .extracting(record -> record.requests().getLast().field("path"))
                .containsExactly("/2", "/3");
    }

    @Property(tries = 200)
    void anyTextComesBackOrIsCut(@ForAll String name, @ForAll String path) throws IOException {
        Path place = Files.createTempDirectory("audit");
        try (AuditLog log = AuditLog.open(AuditOptions.in(place), "box")) {
            long number =
                    log.attempt(
                            new Attempt("tcp", name, Ip.parse("::1"), 1, ALLOW, Via.TRANSPARENT));
            log.request(number, "GET", name, path, ALLOW, null);
            List<AuditRecord> records = new ArrayList<>();
            new AuditReader(place, AuditFilter.ALL).records(records::add);
            AuditRecord record = records.getFirst();
            assertThat(name).startsWith(record.attempt().field("name"));
            assertThat(path).startsWith(record.requests().getFirst().field("path"));
            if (name.length() <= 40) {
                assertThat(record.attempt().field("name")).isEqualTo(name);
            }
        } finally {
            try (Stream<Path> files = Files.list(place)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    Files.delete(file);
                }
            }
            Files.delete(place);
        }
    }
}
