package dev.jsbx.image.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jsbx.image.agent.ExitStatus.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class SessionTest {
    @RegisterExtension static final AgentProcess AGENT = new AgentProcess();

    private static Output sh(String script) throws Exception {
        return Output.of(AGENT.exec("sh", "-c", script));
    }

    /**
     * Waits for a writer on a thread of its own, since nothing interrupts the opening of a fifo.
     */
    private static CompletableFuture<String> read(Path fifo) {
        CompletableFuture<String> result = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                result.complete(Files.readString(fifo));
                            } catch (IOException e) {
                                result.completeExceptionally(e);
                            }
                        });
        return result;
    }

    @Test
    void keepsOutputsApartAndPassesTheExitCode() throws Exception {
        Output o = sh("echo out; echo err >&2; exit 7");
        assertThat(o.out()).isEqualTo("out\n");
        assertThat(o.err()).isEqualTo("err\n");
        assertThat(o.status()).isEqualTo(new ExitStatus(Kind.EXITED, 7, 7, ""));
    }

    @Test
    void saysWhenAProgramIsMissing() throws Exception {
        ExitStatus s = Output.of(AGENT.exec("no-such-program", "x")).status();
        assertThat(s)
                .isEqualTo(
                        new ExitStatus(
                                Kind.NOT_STARTED, 0, 127, "no-such-program: command not found"));
        s = Output.of(AGENT.exec("/no/such/program")).status();
        assertThat(s)
                .isEqualTo(
                        new ExitStatus(
                                Kind.NOT_STARTED,
                                2,
                                127,
                                "/no/such/program: No such file or directory"));
    }

    @Test
    void saysWhenAProgramCannotBeExecuted(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(dir.resolve("data"), "x");
        ExitStatus s = Output.of(AGENT.exec(file.toString())).status();
        assertThat(s)
                .isEqualTo(new ExitStatus(Kind.NOT_STARTED, 13, 126, file + ": Permission denied"));
        s = Output.of(AGENT.exec(dir.toString())).status();
        assertThat(s.code()).isEqualTo(126);
        assertThat(s.message()).endsWith("Is a directory");
    }

    @Test
    void runsAScriptWithoutMagicByTheShell(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(dir.resolve("script"), "echo \"$1\" from $0");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        Output o = Output.of(AGENT.exec(file.toString(), "hello"));
        assertThat(o.out()).isEqualTo("hello from " + file + "\n");
    }

    @Test
    void looksProgramsUpInThePathOfTheSession(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(dir.resolve("tool"), "#!/bin/sh\necho found\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        ExecRequest request =
                ExecRequest.of("tool").withEnvironment(Map.of("PATH", "/nowhere:" + dir + ":/bin"));
        assertThat(Output.of(AGENT.connect().exec(request)).out()).isEqualTo("found\n");
    }

    @Test
    void tellsSignalsApart() throws Exception {
        assertThat(sh("kill -9 $$").status())
                .isEqualTo(new ExitStatus(Kind.SIGNALED, 9, 137, "Killed"));
        assertThat(sh("kill -TERM $$").status().code()).isEqualTo(143);
        assertThat(sh("exit 137").status().kind()).isEqualTo(Kind.EXITED);
    }

    @Test
    void signalsReachTheWholeProcessGroup() throws Exception {
        Session s = AGENT.exec("sh", "-c", "trap 'echo caught; exit 3' INT; echo on; sleep 100");
        InputStream out = s.stdout();
        assertThat(new String(out.readNBytes(3))).isEqualTo("on\n");
        s.signal(2);
        assertThat(new String(out.readAllBytes())).isEqualTo("caught\n");
        assertThat(s.waitFor().code()).isEqualTo(3);
    }

    @Test
    void passesEnvironmentDirectoryAndArguments(@TempDir Path dir) throws Exception {
        ExecRequest request =
                ExecRequest.of("sh", "-c", "pwd; echo \"$A|$HOME|$1\"", "sh", "a b\nc\u00e4")
                        .withDirectory(dir.toString())
                        .withEnvironment(Map.of("A", "x=y z"));
        Output o = Output.of(AGENT.connect().exec(request));
        assertThat(o.out())
                .isEqualTo(dir + "\nx=y z|" + System.getProperty("user.home") + "|a b\nc\u00e4\n");
    }

    @Test
    void hasALoginEnvironmentUnlessAskedNotTo() throws Exception {
        assertThat(Output.of(AGENT.exec("env")).out())
                .contains("PATH=", "SHELL=", "USER=", "LANG=C.UTF-8");
        ExecRequest clean =
                ExecRequest.of("/usr/bin/env")
                        .withCleanEnvironment()
                        .withEnvironment(Map.of("A", "b"));
        assertThat(Output.of(AGENT.connect().exec(clean)).out()).isEqualTo("A=b\n");
    }

    @Test
    void refusesUnknownUsersAndDirectories() throws Exception {
        ExecRequest user = ExecRequest.of("true").withUser("nobody-here");
        ExitStatus s = Output.of(AGENT.connect().exec(user)).status();
        assertThat(s.code()).isEqualTo(126);
        assertThat(s.message()).isEqualTo("user nobody-here: no such user in the guest");
        ExecRequest directory = ExecRequest.of("true").withDirectory("/no/such");
        s = Output.of(AGENT.connect().exec(directory)).status();
        assertThat(s.message()).isEqualTo("directory /no/such: No such file or directory");
    }

    @Test
    void takesLargeArguments() throws Exception {
        String large = "x".repeat(120_000);
        Output o = Output.of(AGENT.exec("sh", "-c", "echo ${#1} ${#2}", "sh", large, large));
        assertThat(o.out()).isEqualTo("120000 120000\n");
        assertThatThrownBy(() -> AGENT.exec("echo", "x".repeat(2_000_000)))
                .isInstanceOf(AgentException.class)
                .hasMessageContaining("larger than 1048576 bytes");
    }

    @Test
    void passesAHundredMegabytesUnchanged() throws Exception {
        byte[] block = new byte[1 << 20];
        new Random(1).nextBytes(block);
        MessageDigest sent = MessageDigest.getInstance("SHA-256");
        Session s = AGENT.exec("cat");
        CompletableFuture<Void> writing =
                CompletableFuture.runAsync(
                        () -> {
                            try (OutputStream in = s.stdin()) {
                                for (int i = 0; i < 100; i++) {
                                    block[i] ^= 1;
                                    sent.update(block);
                                    in.write(block);
                                }
                            } catch (IOException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        DigestInputStream out =
                new DigestInputStream(s.stdout(), MessageDigest.getInstance("SHA-256"));
        assertThat(out.transferTo(OutputStream.nullOutputStream())).isEqualTo(100L << 20);
        writing.get();
        assertThat(out.getMessageDigest().digest()).isEqualTo(sent.digest());
        assertThat(s.waitFor().code()).isZero();
        assertThat(AGENT.residentKib()).isLessThan(4096);
    }

    @Test
    void endOfInputIsSeenWhileOutputGoesOn() throws Exception {
        Output o = Output.of(AGENT.exec("sh", "-c", "sort; echo end"), "b\na\n");
        assertThat(o.out()).isEqualTo("a\nb\nend\n");
    }

    @Test
    void aProcessThatReadsNoInputBreaksThePipe() throws Exception {
        Session s = AGENT.exec("sh", "-c", "exec <&-; echo closed; sleep 100");
        assertThat(s.stdout().read()).isEqualTo('c');
        assertThatThrownBy(
                        () -> {
                            while (true) {
                                s.stdin().write(new byte[Protocol.WINDOW]);
                            }
                        })
                .isInstanceOf(IOException.class)
                .hasMessage("Broken pipe");
        s.close();
    }

    @Test
    void anEndedProcessEndsTheSessionThoughOthersHoldItsPipes() throws Exception {
        Output o = sh("(sleep 100; echo late) & echo \"$!\"; exit 5");
        assertThat(o.status().code()).isEqualTo(5);
        ProcessHandle.of(Long.parseLong(o.out().trim())).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void allOutputComesThoughTheReaderIsSlow() throws Exception {
        Session slow = AGENT.exec("sh", "-c", "head -c 1000000 /dev/zero; exit 4");
        // Its pipe, the agent and the window are full; others go on.
        Output other = sh("echo fine");
        assertThat(other.out()).isEqualTo("fine\n");
        assertThat(slow.onExit()).isNotDone();
        assertThat(slow.stdout().readAllBytes()).hasSize(1_000_000);
        assertThat(slow.waitFor().code()).isEqualTo(4);
    }

    @Test
    void oneUnreadStreamDoesNotStopTheOther() throws Exception {
        Session s = AGENT.exec("sh", "-c", "head -c 100000 /dev/zero >&2; echo out");
        assertThat(new String(s.stdout().readNBytes(4))).isEqualTo("out\n");
        assertThat(s.stderr().readAllBytes()).hasSize(100_000);
        assertThat(s.waitFor().code()).isZero();
    }

    @Test
    void aClosedOutputBreaksThePipe() throws Exception {
        Session s = AGENT.exec("yes");
        assertThat(s.stdout().read()).isEqualTo('y');
        s.stdout().close();
        assertThat(s.waitFor().value()).isEqualTo(13); // SIGPIPE
        s = AGENT.exec("sh", "-c", "yes >&2; echo $?");
        s.stderr().close();
        assertThat(new String(s.stdout().readAllBytes())).isEqualTo("141\n");
    }

    @Test
    void aClosedTerminalOutputIsDiscarded() throws Exception {
        ExecRequest request = ExecRequest.of("sh", "-c", "seq 1 100000; exit 6");
        Session s = AGENT.connect().exec(request.withTerminal(new TerminalSize(24, 80)));
        s.stdout().close();
        assertThat(s.waitFor().code()).isEqualTo(6);
    }

    @Test
    void manySessionsAtOnceInBoundedMemory() throws Exception {
        List<Session> sessions =
                IntStream.range(0, 100)
                        .mapToObj(
                                i -> {
                                    try {
                                        return AGENT.exec(
                                                "sh",
                                                "-c",
                                                "head -c 300000 /dev/zero; cat; exit " + i);
                                    } catch (IOException e) {
                                        throw new IllegalStateException(e);
                                    }
                                })
                        .toList();
        for (Session s : sessions) {
            assertThat(s.awaitStart()).isPresent();
        }
        // 100 connections of 41 KiB, nothing read yet.
        assertThat(AGENT.residentKib()).isLessThan(8192);
        for (int i = 0; i < sessions.size(); i++) {
            Output o = Output.of(sessions.get(i), "tail" + i);
            assertThat(o.out()).hasSize(300_004 + Integer.toString(i).length());
            assertThat(o.status().code()).isEqualTo(i);
        }
    }

    @Test
    void refusesMoreConnectionsThanItServes() throws Exception {
        long before = AGENT.descriptors();
        try (AgentConnection last = AGENT.connect()) {
            for (int i = 0; i < 2 * Protocol.MAX_CONNECTIONS; i++) {
                try (AgentConnection c = AGENT.connect()) {
                    c.ping();
                }
            }
            last.ping();
        }
        try (AgentConnection c = AGENT.connect()) {
            c.ping();
            assertThat(AGENT.descriptors()).isLessThanOrEqualTo(before + 2);
        }
    }

    @Test
    void hangsUpWhenTheHostLeaves(@TempDir Path dir) throws Exception {
        Path fifo = dir.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
        Session s =
                AGENT.exec(
                        "sh",
                        "-c",
                        "trap 'echo hup >"
                                + fifo
                                + "; exit' HUP; echo on; while :; do sleep 1; done");
        assertThat(s.stdout().read()).isEqualTo('o');
        CompletableFuture<String> said = read(fifo);
        s.close();
        assertThat(said.get(60, TimeUnit.SECONDS)).isEqualTo("hup\n");
    }

    @Test
    void killsWhatIgnoresTheHangUp() throws Exception {
        Session s = AGENT.exec("sh", "-c", "trap '' HUP; echo $$; while :; do sleep 1; done");
        byte[] pid = new byte[16];
        int n = s.stdout().read(pid);
        ProcessHandle process =
                ProcessHandle.of(Long.parseLong(new String(pid, 0, n).trim())).orElseThrow();
        s.close();
        process.onExit().get(30, TimeUnit.SECONDS);
    }

    @Test
    void aDetachedCommandGoesOn(@TempDir Path dir) throws Exception {
        Path fifo = dir.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
        ExecRequest request = ExecRequest.of("sh", "-c", "echo done >" + fifo).withoutStdio();
        CompletableFuture<String> said = read(fifo);
        Session s = AGENT.connect().exec(request);
        assertThat(s.waitFor().code()).isZero();
        s.close();
        assertThat(said.get(60, TimeUnit.SECONDS)).isEqualTo("done\n");
        ExecRequest missing = ExecRequest.of("no-such-program").withoutStdio();
        assertThat(AGENT.connect().exec(missing).waitFor().code()).isEqualTo(127);
    }
}
