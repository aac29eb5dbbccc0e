package dev.jsbx.cli.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastRunTest {
    @TempDir Path directory;

    @Test
    void isReadAsItWasWritten() throws IOException {
        Sandbox sandbox = Sandbox.at(directory);
        assertThat(LastRun.read(sandbox)).isEmpty();
        LastRun begun = LastRun.begun();
        begun.write(sandbox);
        assertThat(LastRun.read(sandbox)).contains(begun);
        LastRun ended = begun.ended("the guest \"powered\" off");
        ended.write(sandbox);
        assertThat(LastRun.read(sandbox)).contains(ended);
        Files.writeString(directory.resolve("last-run.json"), "{\"pid\": 1, \"star");
        assertThat(LastRun.read(sandbox)).isEmpty();
    }

    @Test
    void aNumberThatWentToAnotherProcessIsNotMistakenForIt() {
        LastRun mine = LastRun.begun();
        assertThat(mine.process()).contains(ProcessHandle.current());
        LastRun longAgo = new LastRun(mine.pid(), Instant.EPOCH, Optional.empty(), "");
        assertThat(longAgo.process()).isEmpty();
    }
}
