package dev.jsbx.netstack.host;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.WriteBufferWaterMark;
import java.util.Map;

/** Options of a guest's channel: those of every channel, and {@link ChannelOption#SO_LINGER}. */
final class GuestChannelConfig extends DefaultChannelConfig {
    // What a relay may put between two flushes before it is told to wait.
    private static final WriteBufferWaterMark MARKS =
            new WriteBufferWaterMark(128 << 10, 512 << 10);

    private int linger = -1;

    GuestChannelConfig(Channel channel) {
        super(channel);
        setWriteBufferWaterMark(MARKS);
    }

    /** 0 makes close send RST; -1, the default, lets it end in good order. */
    int linger() {
        return linger;
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(super.getOptions(), ChannelOption.SO_LINGER);
    }

    @Override
    @SuppressWarnings("unchecked") // the option's type says Integer
    public <T> T getOption(ChannelOption<T> option) {
        return option == ChannelOption.SO_LINGER
                ? (T) Integer.valueOf(linger)
                : super.getOption(option);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        if (option == ChannelOption.SO_LINGER) {
            validate(option, value);
            linger = (Integer) value;
            return true;
        }
        return super.setOption(option, value);
    }
}
