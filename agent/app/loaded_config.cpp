#include <offhook/agent/app/loaded_config.hpp>

#include <offhook/agent/agents/directory_builder.hpp>
#include <offhook/agent/app/agent.hpp>
#include <offhook/agent/app/agent_options.hpp>
#include <offhook/agent/config/changes.hpp>
#include <offhook/agent/support/log.hpp>

#include <utility>

namespace offhook::inline v0::agent {

LoadResult load_config(const config::Sources& sources, std::string default_dialogue) {
  auto effective = config::read(sources);
  auto built = build_directory(effective, {sources.path, sources.files, std::move(default_dialogue)});
  auto problems = std::move(effective.problems);
  problems.insert(problems.end(), built.problems.begin(), built.problems.end());
  config::add_positions(effective, problems);
  shorten(problems);
  if (!problems.empty()) return base::fail(std::move(problems));
  auto warnings = std::move(effective.warnings);
  warnings.insert(warnings.end(), built.warnings.begin(), built.warnings.end());
  return LoadedConfig{std::move(effective.config), std::move(built.directory), std::move(warnings)};
}

bool reload(Agent& agent, LoadedConfig& running, LoadResult fresh) {
  const auto keep = [](std::size_t problems) {
    log::warning("config.kept", {{"problems", problems}});
    return false;
  };
  if (!fresh) {
    for (const auto& problem : fresh.error()) log::error("config.refused", {{"problem", to_string(problem)}, {"position", problem.position}});
    return keep(fresh.error().size());
  }
  if (const auto taken = agent.reload(fresh->agents, recording_options(fresh->config)); !taken) {
    log::error("config.refused", {{"problem", taken.error().detail}});
    return keep(1);
  }
  for (const std::string& pointer : config::waiting_for_restart(running.config, fresh->config))
    log::warning("config.waits_for_restart", {{"setting", pointer}});
  config::note_recordings(running.config, fresh->config);
  for (const auto& warning : fresh->warnings) log::warning("config.warning", {{"where", warning.where}, {"what", warning.what}});
  running.agents = std::move(fresh->agents);
  return true;
}

}  // namespace offhook::inline v0::agent
