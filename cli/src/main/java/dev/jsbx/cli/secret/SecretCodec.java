package dev.jsbx.cli.secret;

import dev.jsbx.cli.secret.SecretBinding.AwsCredential;
import dev.jsbx.cli.secret.SecretBinding.Basic;
import dev.jsbx.cli.secret.SecretBinding.Header;
import dev.jsbx.cli.secret.SecretBinding.Injection;
import dev.jsbx.cli.secret.SecretBinding.Replacement;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One secret as bytes, as they lie encrypted in the store: each text and each value with its length
 * before it. Written and read in locked memory only.
 */
final class SecretCodec {
    private static final int MAX_ITEMS = 1000;
    private static final int PLAIN_HTTP = 1;
    private static final int PLACEHOLDER = 2; // followed by its shape

    private SecretCodec() {}

    static void write(ByteBuffer out, SecretBinding binding, SecretValue value) {
        text(out, binding.name());
        text(out, binding.sandbox().orElse(""));
        texts(out, binding.hosts());
        out.putInt(binding.injections().size());
        binding.injections().forEach(injection -> injection(out, injection));
        texts(out, binding.environment());
        text(out, binding.command().orElse(""));
        int flags =
                (binding.plainHttp() ? PLAIN_HTTP : 0)
                        | (binding.placeholder().isPresent() ? PLACEHOLDER : 0);
        out.put((byte) flags);
        binding.placeholder().ifPresent(shape -> text(out, shape));
        out.putInt(value == null ? -1 : value.length());
        if (value != null) {
            out.put(value.buffer());
        }
    }

    /**
     * @return the secret; its value is new locked memory of the caller's, or null
     */
    static Secret read(ByteBuffer in) {
        try {
            String name = text(in);
            String sandbox = text(in);
            List<String> hosts = texts(in);
            int count = count(in);
            List<Injection> injections = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                injections.add(injection(in));
            }
            List<String> environment = texts(in);
            String command = text(in);
            int flags = in.get();
            String placeholder = (flags & PLACEHOLDER) != 0 ? text(in) : "";
            int length = in.getInt();
            SecretValue value = null;
            if (length >= 0) {
                value = SecretValue.of(in.slice(in.position(), length));
                in.position(in.position() + length);
            }
            SecretBinding binding =
                    new SecretBinding(
                            name,
                            optional(sandbox),
                            hosts,
                            injections,
                            environment,
                            optional(command),
                            (flags & PLAIN_HTTP) != 0,
                            optional(placeholder));
            return new Secret(binding, value);
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("the decrypted content ends too early", e);
        }
    }

    private static Optional<String> optional(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private static void injection(ByteBuffer out, Injection injection) {
        switch (injection) {
            case Header header -> {
                out.put((byte) 'h');
                text(out, header.header());
                text(out, header.template());
            }
            case Basic basic -> {
                out.put((byte) 'b');
                text(out, basic.user().orElse(""));
            }
            case Replacement replacement -> {
                out.put((byte) 'r');
                out.put((byte) (replacement.query() ? 1 : 0));
                out.put((byte) (replacement.body() ? 1 : 0));
            }
            case AwsCredential aws -> {
                out.put((byte) 'a');
                out.put((byte) aws.part().ordinal());
            }
        }
    }

    private static Injection injection(ByteBuffer in) {
        byte kind = in.get();
        return switch (kind) {
            case 'h' -> new Header(text(in), text(in));
            case 'b' -> new Basic(optional(text(in)));
            case 'r' -> new Replacement(in.get() != 0, in.get() != 0);
            case 'a' -> new AwsCredential(AwsCredential.Part.values()[in.get()]);
            default -> throw new IllegalArgumentException("unknown injection " + kind);
        };
    }

    private static void texts(ByteBuffer out, List<String> texts) {
        out.putInt(texts.size());
        texts.forEach(each -> text(out, each));
    }

    private static List<String> texts(ByteBuffer in) {
        int count = count(in);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(text(in));
        }
        return texts;
    }

    private static int count(ByteBuffer in) {
        int count = in.getInt();
        if (count < 0 || count > MAX_ITEMS) {
            throw new IllegalArgumentException(count + " items in one list");
        }
        return count;
    }

    private static void text(ByteBuffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.putInt(bytes.length);
        out.put(bytes);
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[in.slice(in.position() + 4, in.getInt(in.position())).remaining()];
        in.getInt();
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
