package dev.jsbx.cli.review;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Files that run, or decide what runs, without the user asking for them by name. Paths are relative
 * to the workspace, with {@code /} between their parts; a file counts in any directory unless the
 * pattern begins at the root.
 */
public final class Risks {
    private record Rule(Pattern path, String reason) {}

    private static final List<Rule> RULES =
            List.of(
                    rule("(.*/)?\\.git/hooks/[^/]+", "git runs it as a hook"),
                    rule(
                            "(.*/)?\\.git/modules/.*/hooks/[^/]+",
                            "git runs it as a submodule's hook"),
                    rule(
                            "(.*/)?\\.git/(.*/)?config(\\.worktree)?",
                            "git config can name programs: hooksPath, fsmonitor, filters, aliases"),
                    rule("(.*/)?\\.git/info/attributes", "it attaches filters to files"),
                    rule("(.*/)?\\.git", "it says where git finds its repository and config"),
                    rule("(.*/)?\\.gitattributes", "it attaches filters and diff drivers to files"),
                    rule("(.*/)?\\.gitmodules", "git submodule fetches from the addresses in it"),
                    rule("\\.github/(workflows|actions)/.*", "GitHub runs it on push"),
                    rule(
                            "(\\.gitlab-ci\\.ya?ml|\\.gitlab/ci/.*|\\.circleci/.*|\\.travis\\.ya?ml"
                                    + "|azure-pipelines.*\\.ya?ml|\\.drone\\.ya?ml|\\.buildkite/.*"
                                    + "|\\.woodpecker.*|bitbucket-pipelines\\.yml|appveyor\\.yml"
                                    + "|(.*/)?Jenkinsfile.*)",
                            "the CI service runs it on push"),
                    rule("(.*/)?(\\.envrc|\\.direnvrc)", "direnv runs it on cd"),
                    rule(
                            "(.*/)?(\\.?mise(\\..*)?\\.toml|\\.mise/.*|\\.tool-versions)",
                            "mise or asdf obeys it on cd"),
                    rule(
                            "(.*/)?\\.vscode/.*|.*\\.code-workspace",
                            "VS Code takes tasks and settings from it"),
                    rule("(.*/)?\\.idea/.*|.*\\.iml", "IntelliJ takes run configurations from it"),
                    rule(
                            "(.*/)?(\\.devcontainer/.*|\\.devcontainer\\.json)",
                            "the IDE builds and starts it"),
                    rule("(.*/)?\\.(zed|fleet|nova|theia)/.*", "the editor takes tasks from it"),
                    rule(
                            "(.*/)?(\\.exrc|\\.nvimrc|\\.nvim\\.lua|\\.vimrc|\\.dir-locals\\.el"
                                    + "|\\.gdbinit|\\.lldbinit)",
                            "the editor or debugger runs it when started here"),
                    rule(
                            "(.*/)?package\\.json",
                            "npm runs its scripts, and those of the packages it names"),
                    rule(
                            "(.*/)?(\\.npmrc|\\.yarnrc(\\.yml)?|\\.pnpmfile\\.cjs|\\.yarn/.*"
                                    + "|bunfig\\.toml)",
                            "the package manager takes registry, tokens and plugins from it"),
                    rule(
                            "(.*/)?(package-lock\\.json|npm-shrinkwrap\\.json|yarn\\.lock"
                                    + "|pnpm-lock\\.yaml)",
                            "it decides which packages are fetched and run"),
                    rule(
                            "(.*/)?(GNUmakefile|[Mm]akefile|.*\\.mk|[Jj]ustfile|Taskfile\\.ya?ml"
                                    + "|Rakefile|CMakeLists\\.txt|meson\\.build|.*\\.cmake|BUILD"
                                    + "(\\.bazel)?|WORKSPACE(\\.bazel)?|MODULE\\.bazel|.*\\.bzl)",
                            "the build runs its commands"),
                    rule(
                            "(.*/)?(pom\\.xml|\\.mvn/.*|mvnw(\\.cmd)?|build\\.gradle(\\.kts)?"
                                    + "|settings\\.gradle(\\.kts)?|gradle\\.properties|gradlew"
                                    + "(\\.bat)?|gradle/wrapper/.*|buildSrc/.*|build\\.xml)",
                            "the build runs its plugins"),
                    rule(
                            "(.*/)?(build\\.rs|\\.cargo/config(\\.toml)?|rust-toolchain(\\.toml)?)",
                            "cargo runs or obeys it"),
                    rule(
                            "(.*/)?(setup\\.py|setup\\.cfg|pyproject\\.toml|tox\\.ini|noxfile\\.py"
                                    + "|conftest\\.py|sitecustomize\\.py|.*\\.pth)",
                            "Python's tools run it"),
                    rule("(.*/)?(Gemfile|.*\\.gemspec)", "bundler evaluates it"),
                    rule(
                            "(.*/)?(\\.pre-commit-config\\.yaml|\\.pre-commit-hooks\\.yaml"
                                    + "|\\.husky/.*|\\.?lefthook\\.ya?ml|\\.lintstagedrc.*"
                                    + "|\\.overcommit\\.yml)",
                            "a git hook runs what it lists"),
                    rule(
                            "(.*/)?(Dockerfile.*|(docker-)?compose.*\\.ya?ml|Vagrantfile)",
                            "it is built or started with the host's engine"),
                    rule(
                            "(.*/)?(CLAUDE(\\.local)?\\.md|AGENTS?\\.md|GEMINI\\.md|\\.claude/.*"
                                    + "|\\.codex/.*|\\.gemini/.*|\\.opencode/.*|opencode\\.jsonc?"
                                    + "|\\.cursor/.*|\\.cursorrules|\\.windsurfrules|\\.mcp\\.json"
                                    + "|\\.aider.*|\\.github/copilot-instructions\\.md)",
                            "an agent on the host would obey it"));

    private Risks() {}

    /** Why a change to this file matters; empty if nothing runs or obeys it by itself. */
    public static Optional<String> of(String path) {
        for (Rule rule : RULES) {
            if (rule.path.matcher(path).matches()) {
                return Optional.of(rule.reason);
            }
        }
        return Optional.empty();
    }

    private static Rule rule(String path, String reason) {
        return new Rule(Pattern.compile(path), reason);
    }
}
