package dev.jsbx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What bash offers after Tab, with a jsbx that has two sandboxes, an agent and a branch. */
class CompletionCommandTest {
    private static final String TRY =
            """
            jsbx() {
              case "$*" in
                'ls -q') echo alpha; echo beta ;;
                'agent ls -q') echo claude ;;
                'branch ls -q') echo fix-login ;;
              esac
            }
            source "$1" 2> /dev/null
            shift
            COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*"
            COMP_POINT=${#COMP_LINE}
            _complete_jsbx_live jsbx "${COMP_WORDS[COMP_CWORD]}" '' 2> /dev/null
            echo "${COMPREPLY[@]}"
            """;

    @TempDir private Path directory;

    @ParameterizedTest
    @CsvSource({
        "rm al, alpha",
        "rm -f alpha be, beta",
        "run cl, claude",
        "run -q al, alpha",
        "run -- al, ''",
        "branch diff fi, fix-login",
        "branch dis, discard",
        "agent install cl, claude",
        "revi, review",
        "run --unguar, --unguard"
    })
    void namesOfWhatThereIsAreOffered(String words, String offered) throws Exception {
        assertThat(complete(("jsbx " + words).split(" "))).isEqualTo(offered);
    }

    @Test
    void theScriptIsBash() throws Exception {
        Process bash = new ProcessBuilder("bash", "-n", script().toString()).start();
        assertThat(bash.waitFor()).isZero();
    }

    private Path script() throws IOException {
        return Files.writeString(directory.resolve("completion"), CompletionCommand.script());
    }

    private String complete(String... words) throws IOException {
        String[] line = new String[words.length + 5];
        System.arraycopy(
                new String[] {"bash", "-c", TRY, "bash", script().toString()}, 0, line, 0, 5);
        System.arraycopy(words, 0, line, 5, words.length);
        Process bash = new ProcessBuilder(line).start();
        return new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }
}
