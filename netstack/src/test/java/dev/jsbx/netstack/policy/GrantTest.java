package dev.jsbx.netstack.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GrantTest {
    private static final Grant GRANT =
            Grant.of("agent mine", "box", List.of("api.example.com", "*.example.org:8443"));

    private static Decision decide(List<Rule> rules, Mode mode, String name, int port) {
        return PolicyEngine.compile(
                        new Policy(Optional.of(mode), rules, java.util.Map.of()),
                        Optional.of("box"),
                        Optional.empty(),
                        GRANT,
                        HostAddresses.NONE)
                .decideName(Transport.TCP, name, port);
    }

    @Test
    void opensItsHostsAloneWhereAllIsClosed() {
        Decision decision = decide(List.of(), Mode.LOCKED_DOWN, "api.example.com", 443);
        assertThat(decision.allowed()).isTrue();
        assertThat(decision.reason()).contains("agent mine");
        assertThat(decide(List.of(), Mode.LOCKED_DOWN, "api.example.com", 80).allowed()).isFalse();
        assertThat(decide(List.of(), Mode.LOCKED_DOWN, "a.example.org", 8443).allowed()).isTrue();
        assertThat(decide(List.of(), Mode.LOCKED_DOWN, "a.example.org", 443).allowed()).isFalse();
        assertThat(decide(List.of(), Mode.LOCKED_DOWN, "example.net", 443).allowed()).isFalse();
    }

    @Test
    void theUsersRuleForTheVerySameHostWins() {
        List<Rule> deny = List.of(Rule.of(Action.DENY, "api.example.com:443"));
        Decision decision = decide(deny, Mode.OPEN, "api.example.com", 443);
        assertThat(decision.allowed()).isFalse();
        assertThat(decision.reason()).contains("global rule");
    }

    @Test
    void denyingEverythingLeavesIt() {
        List<Rule> deny = List.of(Rule.of(Action.DENY, "*"));
        assertThat(decide(deny, Mode.BALANCED, "api.example.com", 443).allowed()).isTrue();
        assertThat(decide(deny, Mode.BALANCED, "example.net", 443).allowed()).isFalse();
    }

    @Test
    void hostsAreChecked() {
        assertThatExceptionOfType(PolicySyntaxException.class)
                .isThrownBy(() -> Grant.of("agent mine", "box", List.of("a..b")));
    }
}
