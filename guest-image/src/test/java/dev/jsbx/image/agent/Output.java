package dev.jsbx.image.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** All that a session says, and how it ends. */
record Output(String out, String err, ExitStatus status) {
    static Output of(Session session) throws Exception {
        return of(session, "");
    }

    /** Gives it that input, then end of file. */
    static Output of(Session session, String input) throws Exception {
        CompletableFuture<byte[]> err =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return session.stderr().readAllBytes();
                            } catch (IOException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        session.stdin().write(input.getBytes(StandardCharsets.UTF_8));
        session.stdin().close();
        String out = new String(session.stdout().readAllBytes(), StandardCharsets.UTF_8);
        return new Output(out, new String(err.get(), StandardCharsets.UTF_8), session.waitFor());
    }
}
