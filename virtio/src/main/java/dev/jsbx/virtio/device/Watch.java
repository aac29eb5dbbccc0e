package dev.jsbx.virtio.device;

import dev.jsbx.vmm.linux.Epoll;

/**
 * A descriptor that a {@link Worker} watches. Of the worker's thread. Close it before the
 * descriptor, whose number may be another file's afterwards.
 */
public final class Watch implements AutoCloseable {
    /** What happens when a watched descriptor is ready. */
    @FunctionalInterface
    public interface Handler {
        /**
         * Called on the worker's thread.
         *
         * @param events EPOLLIN and the like
         */
        void ready(int events);
    }

    private final Epoll epoll;
    private final WatchTable table;
    private final int fd;
    private final Handler handler;
    private int events;
    private long token;
    private boolean open = true;

    Watch(Epoll epoll, WatchTable table, int fd, int events, Handler handler) {
        this.epoll = epoll;
        this.table = table;
        this.fd = fd;
        this.events = events;
        this.handler = handler;
    }

    /** Changes what is waited for; without a system call if nothing changes. */
    public void events(int wanted) {
        if (open && wanted != events) {
            epoll.modify(fd, wanted, token);
            events = wanted;
        }
    }

    /** Stops watching; events that are already reported do not come any more. */
    @Override
    public void close() {
        if (open) {
            open = false;
            epoll.remove(fd);
            table.remove(this);
        }
    }

    Handler handler() {
        return handler;
    }

    long token() {
        return token;
    }

    void token(long given) {
        token = given;
    }
}
