package dev.jsbx.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jsbx.cli.Failure;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class DetachKeysTest {
    private final ByteArrayOutputStream passed = new ByteArrayOutputStream();

    private boolean type(DetachKeys keys, String typed) {
        byte[] bytes = typed.getBytes(StandardCharsets.ISO_8859_1);
        return keys.accept(bytes, bytes.length, passed);
    }

    private String passed() {
        return passed.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void sequenceDetachesAndIsNotPassedOn() {
        DetachKeys keys = DetachKeys.parse("ctrl-p,ctrl-q");
        assertThat(type(keys, "ab\020")).isFalse();
        assertThat(passed()).isEqualTo("ab");
        assertThat(type(keys, "\021rest")).isTrue();
        assertThat(passed()).isEqualTo("ab");
    }

    @Test
    void bytesHeldBackGoOnWhenTheSequenceBreaks() {
        DetachKeys keys = DetachKeys.parse("ctrl-p,ctrl-q");
        type(keys, "\020");
        type(keys, "x");
        assertThat(passed()).isEqualTo("\020x");
    }

    @Test
    void aSequenceMayBeginWithinABrokenOne() {
        DetachKeys keys = DetachKeys.parse("a,a,b");
        assertThat(type(keys, "aaab")).isTrue();
        assertThat(passed()).isEqualTo("a");
    }

    @Test
    void specialCharactersHaveTheirControlCodes() {
        assertThat(type(DetachKeys.parse("ctrl-\\"), "\034")).isTrue();
        assertThat(type(DetachKeys.parse("ctrl-@"), "\0")).isTrue();
        assertThat(type(DetachKeys.parse("ctrl-]"), "\035")).isTrue();
    }

    @Test
    void whatIsNoKeyIsRefused() {
        assertThatThrownBy(() -> DetachKeys.parse("ctrl-p,shift-q"))
                .isInstanceOf(Failure.class)
                .hasMessageStartingWith("the detach keys ctrl-p,shift-q are none");
    }

    @Property
    void nothingIsLostOrAddedBeforeTheSequence(@ForAll @Size(max = 40) byte[] typed) {
        DetachKeys keys = DetachKeys.parse("a,b,a,b,c");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean detached = keys.accept(typed, typed.length, out);
        byte[] end = {'x'};
        if (!detached) {
            keys.accept(end, 1, out);
            byte[] expected = Arrays.copyOf(typed, typed.length + 1);
            expected[typed.length] = 'x';
            assertThat(out.toByteArray()).isEqualTo(expected);
        }
    }
}
