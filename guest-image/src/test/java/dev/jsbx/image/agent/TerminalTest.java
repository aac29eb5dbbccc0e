package dev.jsbx.image.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class TerminalTest {
    @RegisterExtension static final AgentProcess AGENT = new AgentProcess();

    private static Session terminal(String... argv) throws IOException {
        TerminalSize size = new TerminalSize(33, 99);
        return AGENT.connect().exec(ExecRequest.of(argv).withTerminal(size));
    }

    private static BufferedReader lines(Session s) {
        return new BufferedReader(new InputStreamReader(s.stdout(), StandardCharsets.UTF_8));
    }

    @Test
    void hasTheSizeThatWasAsked() throws Exception {
        Session s = terminal("sh", "-c", "stty size; tty; echo $TERM; test -t 2 && echo tty");
        BufferedReader out = lines(s);
        assertThat(out.readLine()).isEqualTo("33 99");
        assertThat(out.readLine()).startsWith("/dev/pts/");
        assertThat(out.readLine()).isEqualTo("xterm-256color");
        assertThat(out.readLine()).isEqualTo("tty");
        assertThat(out.readLine()).isNull();
        assertThat(s.waitFor().code()).isZero();
    }

    @Test
    void tellsTheProgramOfANewSize() throws Exception {
        Session s =
                terminal(
                        "sh",
                        "-c",
                        "trap 'stty size; exit' WINCH; echo on; while :; do sleep 0.1; done");
        BufferedReader out = lines(s);
        assertThat(out.readLine()).isEqualTo("on");
        s.resize(new TerminalSize(50, 120));
        assertThat(out.readLine()).isEqualTo("50 120");
        assertThat(s.waitFor().code()).isZero();
    }

    @Test
    void controlCInterruptsTheForeground() throws Exception {
        Session s = terminal("sh", "-c", "trap 'echo int; exit 9' INT; echo on; sleep 100");
        BufferedReader out = lines(s);
        assertThat(out.readLine()).isEqualTo("on");
        s.stdin().write(3);
        assertThat(out.readLine()).isEqualTo("^Cint");
        assertThat(s.waitFor().code()).isEqualTo(9);
    }

    @Test
    void signalsGoToTheForegroundJob() throws Exception {
        Session s = terminal("bash", "--norc", "-ic", "sh -c 'echo on; sleep 100'; echo code $?");
        BufferedReader out = lines(s);
        assertThat(out.readLine()).isEqualTo("on");
        s.signal(15);
        assertThat(out.lines().toList()).last().isEqualTo("code 143");
    }

    @Test
    void endOfInputIsControlD() throws Exception {
        Session s = terminal("sh", "-c", "stty -echo; echo on; cat; echo end");
        BufferedReader out = lines(s);
        assertThat(out.readLine()).isEqualTo("on");
        s.stdin().write("text\n".getBytes(StandardCharsets.UTF_8));
        s.stdin().close();
        assertThat(out.readLine()).isEqualTo("text");
        assertThat(out.readLine()).isEqualTo("end");
        assertThat(s.waitFor().code()).isZero();
    }

    @Test
    void allOutputArrivesBeforeTheExit() throws Exception {
        Session s = terminal("sh", "-c", "seq 1 50000; exit 2");
        assertThat(lines(s).lines().reduce((a, b) -> b)).contains("50000");
        assertThat(s.waitFor().code()).isEqualTo(2);
    }

    @Test
    void aProcessLeftBehindDoesNotHoldTheSession() throws Exception {
        Session s = terminal("sh", "-c", "trap '' HUP; sleep 1000 & echo $!; exit 3");
        long pid = Long.parseLong(lines(s).readLine());
        assertThat(s.waitFor().code()).isEqualTo(3);
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void aProgramThatLeavesItsTerminalIsNotHungUp() throws Exception {
        Session s = terminal("sh", "-c", "exec </dev/null >/dev/null 2>&1; sleep 0.3; exit 8");
        assertThat(s.waitFor().code()).isEqualTo(8);
    }

    @Test
    void closingHangsUp() throws Exception {
        Session s = terminal("sh", "-c", "echo $$; while :; do sleep 1; done");
        ProcessHandle process = ProcessHandle.of(Long.parseLong(lines(s).readLine())).orElseThrow();
        s.close();
        process.onExit().get(60, TimeUnit.SECONDS);
    }
}
