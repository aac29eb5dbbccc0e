package dev.jsbx.cli.proxy;

import dev.jsbx.cli.secret.SecretValue;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/**
 * Credentials that stay in locked memory, and words that stand for them while the SDK writes a
 * request: it takes Strings, and keeps what it has derived from them. Belongs to one request.
 */
final class AwsCredentials implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int LENGTH = 26; // 130 bits: no request has it by itself

    private final SecretValue accessKey;
    private final SecretValue secretKey;
    private final SecretValue sessionToken;
    private final String accessKeyWord = word();
    private final String tokenWord = word();

    /**
     * @param sessionToken null for none; each stays the caller's
     */
    AwsCredentials(SecretValue accessKey, SecretValue secretKey, SecretValue sessionToken) {
        this.accessKey = accessKey.share();
        this.secretKey = secretKey.share();
        this.sessionToken = sessionToken == null ? null : sessionToken.share();
    }

    private static String word() {
        StringBuilder word = new StringBuilder(LENGTH);
        RANDOM.ints(LENGTH, 0, ALPHABET.length()).forEach(i -> word.append(ALPHABET.charAt(i)));
        return word.toString();
    }

    /** Words in the place of values. */
    AwsCredentialsIdentity words() {
        return sessionToken == null
                ? AwsCredentialsIdentity.create(accessKeyWord, AwsKey.WORD)
                : AwsSessionCredentialsIdentity.create(accessKeyWord, AwsKey.WORD, tokenWord);
    }

    /** The key that signatures begin with. */
    AwsKey key() {
        return new AwsKey(secretKey.buffer());
    }

    /**
     * The values in the place of the words.
     *
     * @param escaped whether it is a URL, or a part of one
     * @return a {@link SecretText} of the caller's, or the text itself if no word is in it
     * @throws Refused if a header cannot carry a value
     */
    CharSequence fill(String text, boolean escaped) throws Refused {
        CharSequence filled = fill(text, accessKeyWord, accessKey, escaped);
        return sessionToken == null ? filled : fill(filled, tokenWord, sessionToken, escaped);
    }

    private static CharSequence fill(
            CharSequence text, String word, SecretValue value, boolean escaped) throws Refused {
        if (SecretText.find(text, word, 0) < 0) {
            return text;
        }
        ByteBuffer bytes = value.buffer();
        if (!SecretText.isHeaderSafe(bytes)) {
            throw new Refused(Refusal.badRequest("its credentials hold what no header can carry"));
        }
        ByteBuf form = new ZeroingBuf(bytes.remaining() * 3 + 1);
        try {
            if (escaped) {
                Encodings.percent(bytes, true, form);
            } else {
                form.writeBytes(bytes);
            }
            return SecretText.replacing(text, word, form.nioBuffer());
        } finally {
            form.release();
            if (text instanceof SecretText before) {
                before.close();
            }
        }
    }

    @Override
    public void close() {
        accessKey.close();
        secretKey.close();
        if (sessionToken != null) {
            sessionToken.close();
        }
    }

    /** Never a value. */
    @Override
    public String toString() {
        return "AWS credentials";
    }
}
