package dev.jsbx.cli.vmm;

import dev.jsbx.image.agent.CommandSession;
import dev.jsbx.image.agent.ExitStatus;
import dev.jsbx.image.agent.TerminalSize;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A command with a terminal, and at most one user at it. One who leaves can come back, to the last
 * {@value History#CAPACITY} bytes that were shown and all that follows; one whose connection just
 * ends has hung up.
 */
final class KeptTerminal {
    private final CommandSession session;
    private final String what;
    private final History history = new History();
    private TerminalFrames user;
    private boolean taken;
    private ExitStatus end;

    /**
     * @param what the command, for people
     */
    KeptTerminal(CommandSession session, String what) {
        this.session = session;
        this.what = what;
    }

    String what() {
        return what;
    }

    /** Whether it has a user, so that nobody else may have it; if not, it has one from now on. */
    synchronized boolean take() {
        if (taken || end != null) {
            return false;
        }
        taken = true;
        return true;
    }

    /** Passes on what is shown, until the command has ended. */
    void show() {
        byte[] buffer = new byte[TerminalFrames.MAX / 2];
        try (InputStream shown = session.stdout()) {
            for (int n = shown.read(buffer); n >= 0; n = shown.read(buffer)) {
                show(buffer, n);
            }
        } catch (IOException e) {
            // The guest has ended.
        }
        try {
            end(session.waitFor());
        } catch (IOException e) {
            end(null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void show(byte[] bytes, int length) {
        history.add(bytes, length);
        tell(TerminalFrames.DATA, bytes, length);
    }

    private synchronized void end(ExitStatus status) {
        end = status == null ? new ExitStatus(ExitStatus.Kind.EXITED, 0, 0, "") : status;
        if (user == null) {
            return;
        }
        if (status != null) {
            byte[] message = status.message().getBytes(StandardCharsets.UTF_8);
            ByteBuffer exit = ByteBuffer.allocate(3 * Integer.BYTES + message.length);
            exit.putInt(status.kind().ordinal()).putInt(status.value()).putInt(status.code());
            tell(TerminalFrames.EXIT, exit.put(message).array(), exit.capacity());
        }
        user.close();
    }

    private void tell(byte type, byte[] bytes, int length) {
        try {
            if (user != null) {
                user.write(type, bytes, 0, length);
            }
        } catch (IOException e) {
            user = null; // its own thread notices
        }
    }

    /**
     * Serves a user until they leave, hang up or the command ends. {@link #take} came before.
     *
     * @param again whether the command has shown itself to one before
     */
    void serve(TerminalFrames frames, boolean again) {
        ByteBuffer payload = ByteBuffer.allocate(TerminalFrames.MAX);
        try {
            if (frames.read(payload) != TerminalFrames.SIZE) {
                throw new IOException("a terminal without a size");
            }
            welcome(frames, size(payload), again);
            while (obey(frames.read(payload), payload)) {
                // Until they leave.
            }
            leave();
        } catch (EOFException e) {
            hangUp();
        } catch (IOException | RuntimeException e) {
            if (!isOver()) {
                System.err.println("jsbx: the terminal of " + what + ": " + e.getMessage());
            }
            hangUp();
        }
    }

    private synchronized boolean isOver() {
        return end != null;
    }

    // A program that fills the screen paints it anew when the size changes, and only then.
    private void welcome(TerminalFrames frames, TerminalSize size, boolean again)
            throws IOException {
        synchronized (this) {
            user = frames;
            byte[] shown = history.bytes();
            for (int at = 0; at < shown.length; at += TerminalFrames.MAX / 2) {
                int length = Math.min(TerminalFrames.MAX / 2, shown.length - at);
                frames.write(TerminalFrames.DATA, shown, at, length);
            }
            if (end != null) {
                end(end);
                return;
            }
        }
        if (again) {
            session.resize(new TerminalSize(size.rows(), Math.max(1, size.columns() - 1)));
        }
        session.resize(size);
    }

    private static TerminalSize size(ByteBuffer payload) {
        return new TerminalSize(payload.getShort() & 0xffff, payload.getShort() & 0xffff);
    }

    private boolean obey(byte type, ByteBuffer payload) throws IOException {
        OutputStream typed = session.stdin();
        switch (type) {
            case TerminalFrames.DATA -> typed.write(payload.array(), 0, payload.remaining());
            case TerminalFrames.END -> typed.close();
            case TerminalFrames.SIZE -> session.resize(size(payload));
            case TerminalFrames.SIGNAL -> session.signal(payload.get());
            case TerminalFrames.LEAVE -> {
                return false;
            }
            default -> throw new IOException("unknown frame " + type);
        }
        return true;
    }

    private synchronized void leave() {
        user = null;
        taken = false;
    }

    private void hangUp() {
        synchronized (this) {
            user = null;
        }
        session.close();
    }
}
