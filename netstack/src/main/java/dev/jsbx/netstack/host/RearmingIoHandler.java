package dev.jsbx.netstack.host;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;

/**
 * Netty's epoll handler, with registrations that come back after a rest.
 *
 * <p>A relay that waits for a slow peer stops reading. If its own channel has also seen the end of
 * input, no event is left to wait for, and Netty (4.2.13 and later, its pull request 16689) takes
 * the descriptor out of the epoll set, which is right: else a hang-up would wake the loop for ever.
 * But it then goes on to modify what is no longer there, so that the first event asked for again
 * breaks the channel with ENOENT. Here such a registration is replaced by a new one.
 */
final class RearmingIoHandler implements IoHandler {
    private final IoHandler epoll;

    RearmingIoHandler(IoHandler epoll) {
        this.epoll = epoll;
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return new Rearming(handle, epoll.register(handle));
    }

    private final class Rearming implements IoRegistration {
        private final IoHandle handle;
        private IoRegistration current;
        private boolean armed;
        private boolean resting;

        Rearming(IoHandle handle, IoRegistration first) {
            this.handle = handle;
            current = first;
        }

        @Override
        public <T> T attachment() {
            return current.attachment();
        }

        @Override
        public long submit(IoOps ops) {
            boolean nothing = EpollIoOps.NONE.equals(ops);
            if (resting && !nothing && current.isValid()) {
                replace();
            }
            resting = armed && nothing;
            armed |= !nothing;
            return current.submit(ops);
        }

        private void replace() {
            current.cancel();
            try {
                current = epoll.register(handle);
            } catch (Exception e) {
                throw new IllegalStateException("a descriptor that epoll knew is refused", e);
            }
        }

        @Override
        public boolean isValid() {
            return current.isValid();
        }

        @Override
        public boolean cancel() {
            return current.cancel();
        }
    }

    @Override
    public void initialize() {
        epoll.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return epoll.run(context);
    }

    @Override
    public void prepareToDestroy() {
        epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
        epoll.destroy();
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> type) {
        return epoll.isCompatible(type);
    }
}
