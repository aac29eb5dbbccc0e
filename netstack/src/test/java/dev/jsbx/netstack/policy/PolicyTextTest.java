package dev.jsbx.netstack.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Edits of a policy file, and what is said of one that is broken. */
class PolicyTextTest {
    private static final String FILE =
            """
            # my policy
            mode: balanced   # as usual

            rules:
              # for releases
              - allow: github.com:443   # git
              - deny: "*.ads.example"

              - allow: ntp.example:123
                protocol: udp
              # the end of the rules
            sandboxes:
              demo:
                # careful with this one
                mode: locked-down
                rules:
                  - allow: api.example.com
              empty:
            # last words
            """;

    private static Rule allow(String resource) {
        return Rule.of(Action.ALLOW, resource);
    }

    @Test
    void readsWhatItSays() {
        Policy policy = PolicyDocument.parse(FILE).policy();
        assertThat(policy.mode()).contains(Mode.BALANCED);
        assertThat(policy.rules())
                .extracting(Rule::toString)
                .containsExactly(
                        "allow github.com:443 (global)",
                        "deny *.ads.example (global)",
                        "allow ntp.example:123 udp (global)");
        assertThat(policy.modeOf(Optional.of("demo"))).isEqualTo(Mode.LOCKED_DOWN);
        assertThat(policy.modeOf(Optional.of("empty"))).isEqualTo(Mode.BALANCED);
        assertThat(policy.rulesOf(Optional.of("demo"))).hasSize(4);
        assertThat(policy.rulesOf(Optional.of("other"))).hasSize(3);
    }

    @Test
    void addsAfterTheLastRuleAndKeepsComments() {
        assertThat(PolicyText.add(FILE, allow("*.example.org")))
                .isEqualTo(
                        FILE.replace(
                                "    protocol: udp\n",
                                "    protocol: udp\n  - allow: \"*.example.org\"\n"));
        assertThat(PolicyText.add(FILE, allow("b.example").in("demo")))
                .isEqualTo(
                        FILE.replace(
                                "      - allow: api.example.com\n",
                                "      - allow: api.example.com\n      - allow: b.example\n"));
        assertThat(PolicyText.add(FILE, allow("b.example").in("empty")))
                .isEqualTo(
                        FILE.replace(
                                "  empty:\n", "  empty:\n    rules:\n      - allow: b.example\n"));
        assertThat(PolicyText.add(FILE, allow("b.example").in("new")))
                .isEqualTo(
                        FILE.replace(
                                "  empty:\n",
                                "  empty:\n  new:\n    rules:\n      - allow: b.example\n"));
    }

    @Test
    void removesARuleAndNothingElse() {
        assertThat(PolicyText.remove(FILE, allow("github.com:443")))
                .isEqualTo(FILE.replace("  - allow: github.com:443   # git\n", ""));
        Rule ntp =
                new Rule(
                        Action.ALLOW,
                        Resource.parse("ntp.example:123"),
                        Set.of(Transport.UDP),
                        Optional.empty());
        assertThat(PolicyText.remove(FILE, ntp))
                .isEqualTo(FILE.replace("  - allow: ntp.example:123\n    protocol: udp\n", ""));
        assertThat(PolicyText.remove(FILE, allow("api.example.com").in("demo")))
                .isEqualTo(FILE.replace("      - allow: api.example.com\n", ""));
    }

    @Test
    void setsModes() {
        assertThat(PolicyText.setMode(FILE, Optional.empty(), Mode.OPEN))
                .isEqualTo(FILE.replace("mode: balanced ", "mode: open "));
        assertThat(PolicyText.setMode(FILE, Optional.of("demo"), Mode.OPEN))
                .isEqualTo(FILE.replace("mode: locked-down", "mode: open"));
        assertThat(PolicyText.setMode(FILE, Optional.of("empty"), Mode.OPEN))
                .isEqualTo(FILE.replace("  empty:\n", "  empty:\n    mode: open\n"));
        assertThat(PolicyText.setMode(FILE, Optional.of("new"), Mode.OPEN))
                .isEqualTo(FILE.replace("  empty:\n", "  empty:\n  new:\n    mode: open\n"));
    }

    @Test
    void forgetsASandbox() {
        assertThat(PolicyText.forget(FILE, "demo"))
                .isEqualTo(FILE.replaceFirst("(?s)  demo:.*api.example.com\n", ""))
                .contains("  empty:\n# last words");
        assertThat(PolicyText.forget(FILE, "nobody")).isEqualTo(FILE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "# only a comment",
                "# only a comment\n",
                "mode: open",
                "mode: open\n",
                "---\nmode: open\n",
                "rules:\n",
                "rules: # none yet\n",
                "rules: []\n",
                "rules: [ ]  # none\nmode: open\n",
                "rules: null\n",
                "rules: ~\n",
                "rules: [{allow: a.example}]\n",
                "rules: [{allow: a.example}, {deny: b.example},]\n",
                "rules: [ {allow: \"ü.example\"} , {deny: b.example} ] # ü\n",
                "rules:\n- allow: a.example\n- deny: b.example\n",
                "rules:\n- allow: a.example\n\n\n# later\nsandboxes:\n",
                "rules:\n    -   allow:   a.example\n    # end\n",
                "rules:\n  - {allow: a.example}\n",
                "rules:\n  - protocol: [tcp, udp]\n    allow: a.example",
                "rules:\n  - protocol:\n      - tcp\n      - udp\n    allow: a.example\n",
                "sandboxes: {}\n",
                "sandboxes:\n",
                "sandboxes:\n  x:\n    rules:\n    - allow: a.example\nmode: open\n",
                "mode: open\r\nrules:\r\n  - allow: a.example\r\n",
            })
    void everyLayoutCanBeAddedToAndTakenFrom(String text) {
        Policy before = PolicyDocument.parse(text).policy();
        Rule rule = allow("[2600::1]:443");
        String added = PolicyText.add(text, rule);
        assertThat(PolicyDocument.parse(added).policy()).isEqualTo(before.with(rule));
        assertThat(text.lines().filter(line -> line.contains("#")))
                .allMatch(line -> added.contains(line.substring(line.indexOf('#'))));
        String removed = PolicyText.remove(added, rule);
        assertThat(PolicyDocument.parse(removed).policy()).isEqualTo(before);
        for (Rule old : before.rules()) {
            assertThat(PolicyDocument.parse(PolicyText.remove(text, old)).policy())
                    .isEqualTo(before.without(old));
        }
        assertThat(
                        PolicyDocument.parse(
                                        PolicyText.setMode(text, Optional.empty(), Mode.BALANCED))
                                .policy())
                .isEqualTo(before.with(Optional.empty(), Mode.BALANCED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{mode: open}\n",
                "? rules\n: - allow: a.example\n",
                "rules:\n  -\n    allow: a.example\n",
                "mode: open\n...\n",
                "sandboxes: {}\n",
            })
    void anOddLayoutIsEditedRightOrNotAtAll(String text) {
        Policy before = PolicyDocument.parse(text).policy();
        for (Rule rule : new Rule[] {allow("x.example"), allow("x.example").in("s")}) {
            try {
                assertThat(PolicyDocument.parse(PolicyText.add(text, rule)).policy())
                        .isEqualTo(before.with(rule));
            } catch (PolicySyntaxException e) {
                assertThat(e).hasMessageContaining("nothing was changed");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mode: opened | line 1: unknown mode \"opened\": use open, balanced or locked-down",
                "mode: | line 1: mode has no value: use open, balanced or locked-down",
                "moed: open | line 1: unknown key \"moed\"; accepted are mode, rules, sandboxes and unlogged",
                "mode: open~mode: open | line 2: the key \"mode\" stands here twice",
                "[] | line 1: the file has no keys; accepted are mode, rules, sandboxes and unlogged",
                "hello | line 1: the file has no keys; accepted are mode, rules, sandboxes and unlogged",
                "rules: hello | line 1: rules is no list: start each rule with \"- allow:\" or \"- deny:\"",
                "rules:~ - alow: x | line 2: unknown key \"alow\"; accepted are allow, deny and protocol",
                "rules:~ - x.example | line 2: a rule has no keys; accepted are allow, deny and protocol",
                "rules:~ - protocol: tcp | line 2: the rule neither allows nor denies anything",
                "rules:~ - allow: a~   deny: b | line 3: one rule cannot both allow and deny",
                "rules:~ - allow: [a, b] | line 2: allow takes one value, not several",
                "rules:~ - allow: a~   protocol: sctp | line 3: unknown protocol \"sctp\": use tcp, udp or icmp",
                "rules:~ - allow: a~   protocol: [] | line 3: protocol has no value: use tcp, udp or icmp",
                "sandboxes:~  -x: | line 2: \"-x\" is no name of a sandbox: use letters, digits, hyphens and periods",
                "unlogged: perhaps | line 1: unlogged takes refuse or allow",
                "unlogged: | line 1: unlogged takes refuse or allow",
                "sandboxes:~  x:~    moed: open | line 3: unknown key \"moed\"; accepted are mode and rules",
                "rules:~ - allow: *.example.com | line 2: unexpected character found .(46): write what starts with * in quotes, as in \"*.example.com\"",
            })
    void brokenFilesAreExplainedByLine(String text, String message) {
        assertThatThrownBy(() -> PolicyDocument.parse(text.replace('~', '\n')))
                .isInstanceOf(PolicySyntaxException.class)
                .hasMessage(message);
    }

    @Test
    void malformedRulesNameLineAndAcceptedForms() {
        assertThatThrownBy(() -> PolicyDocument.parse("rules:\n - allow: http://x\n"))
                .hasMessage(
                        "line 2: \"http://x\" is no resource: a rule names a host, not a URL; "
                                + ResourceSyntax.ACCEPTED);
    }

    @Test
    void bombsAreRefused() {
        assertThatThrownBy(() -> PolicyDocument.parse("[".repeat(200_000)))
                .isInstanceOf(PolicySyntaxException.class);
        assertThatThrownBy(() -> PolicyDocument.parse("#".repeat(2_000_000)))
                .isInstanceOf(PolicySyntaxException.class);
    }
}
