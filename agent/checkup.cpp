#include <offhook/agent/checkup.hpp>

#include <offhook/agent/agent_options.hpp>
#include <offhook/agent/agents/book_builder.hpp>
#include <offhook/agent/config/report.hpp>
#include <offhook/agent/providers/embedded/dialogue.hpp>
#include <offhook/agent/providers/embedded/flite_voice.hpp>
#include <offhook/agent/providers/embedded/provider.hpp>
#include <offhook/agent/providers/embedded/sphinx_decoder.hpp>
#include <offhook/media/engine/silero_model.hpp>

#include <algorithm>
#include <filesystem>

namespace offhook::inline v0::agent {

namespace {

void check_dialogue(const std::string& path, Checkup& out) {
  const auto dialogue = embedded::load_dialogue(path);
  if (!dialogue) {
    out.problems.push_back({"/agent/dialogue", "a file that is no dialogue (" + dialogue.error().detail + ")",
                            "the path of one as docs/embedded-speech.md tells", "mend it, or name another one"});
    return;
  }
  const embedded::EmbeddedOptions usual;
  const auto files = embedded::DecoderFiles::make(*dialogue, usual.model_path, usual.dictionary_path);
  if (!files) {
    out.problems.push_back({"/agent/provider", files.error().detail, "an installed recogniser", "install what is named"});
    return;
  }
  for (const std::string& word : (*files)->missing_words()) {
    out.warnings.push_back({path, "the word \"" + word + "\" has no pronunciation and is never recognised: add it to \"pronunciations\""});
  }
}

void warn_of_settings(const config::Config& config, Checkup& out) {
  const auto warn = [&out](std::string where, std::string what) { out.warnings.push_back({std::move(where), std::move(what)}); };
  const std::size_t even = config.media.first_port + config.media.first_port % 2U;
  const std::size_t pairs = config.media.last_port > even ? (config.media.last_port - even + 1U) / 2U : 0;
  if (pairs < config.limits.calls)
    warn("/media/last_port", "the range holds " + std::to_string(pairs) + " calls, and /limits/calls allows " + std::to_string(config.limits.calls));
}

/// A warning and no problem: calls do without it. It runs what it finds, and so only what a usable configuration names.
void warn_of_voice_model(const config::Media& media, const std::string& default_silero, Checkup& out) {
  if (media.voice_activity != "silero") return;
  const auto model = media::open_silero(media.voice_model.empty() ? default_silero : media.voice_model);
  if (!model) out.warnings.push_back({"/media/voice_activity", model.error() + "; docs/voice-activity.md tells how it is installed; calls go on with the spectral detector"});
}

/// Only where a secret came from the file: then the file is what keeps it.
void warn_of_readers(const config::Sources& sources, const config::Effective& effective, Checkup& out) {
  if (!effective.holds_secret || !sources.path) return;
  using std::filesystem::perms;
  std::error_code failed;
  const auto mode = std::filesystem::status(*sources.path, failed).permissions();
  if (!failed && (mode & (perms::group_read | perms::others_read)) != perms::none)
    out.warnings.push_back({*sources.path, "holds a password, and other users may read it: chmod 600"});
}

/// The dialogues and voices of the agents that use the embedded parts.
void check_embedded(const AgentBook& book, Checkup& out) {
  std::vector<std::string> seen;
  const auto check = [&](const AgentProfile& profile) {
    if (!uses(profile, ProviderKind::Local) || std::find(seen.begin(), seen.end(), profile.dialogue) != seen.end()) return;
    seen.push_back(profile.dialogue);
    check_dialogue(profile.dialogue, out);
  };
  check(*book.otherwise());
  for (const auto& entry : book.entries()) check(*entry.profile);
  if (!seen.empty()) out.dialogue = seen.front();
}

}  // namespace

Checkup check_up(const config::Sources& sources, const std::string& default_dialogue, const std::string& default_silero) {
  Checkup out;
  const auto effective = config::read(sources);
  auto built = build_book(effective, {sources.path, config::disk_files(), default_dialogue});
  out.problems = effective.problems;
  out.problems.insert(out.problems.end(), built.problems.begin(), built.problems.end());
  if (built.book) check_embedded(*built.book, out);
  else check_dialogue(effective.config.agent.dialogue.empty() ? default_dialogue : effective.config.agent.dialogue, out);
  if (const auto voice = embedded::FliteVoice::make(embedded_voice(effective.config.agent.voice)); !voice)
    out.problems.push_back({"/agent/voice", voice.error().detail, "an installed voice", "install what is named"});
  if (effective.problems.empty()) {
    warn_of_settings(effective.config, out);
    warn_of_voice_model(effective.config.media, default_silero, out);
  }
  out.warnings.insert(out.warnings.end(), effective.warnings.begin(), effective.warnings.end());
  out.warnings.insert(out.warnings.end(), built.warnings.begin(), built.warnings.end());
  warn_of_readers(sources, effective, out);
  config::shorten(out.problems);
  return out;
}

std::string to_json(const Checkup& checkup) {
  using config::json_object, config::json_text, config::JsonValue;
  JsonValue warnings{.kind = JsonValue::Kind::List};
  for (const Warning& warning : checkup.warnings)
    warnings.items.push_back(json_object({{"where", json_text(warning.where)}, {"what", json_text(warning.what)}}));
  return config::write_json(json_object({{"usable", config::json_flag(checkup.problems.empty())},
                                         {"problems", config::problems_json(checkup.problems)},
                                         {"warnings", std::move(warnings)},
                                         {"dialogue", checkup.dialogue.empty() ? JsonValue{} : json_text(checkup.dialogue)}}));
}

}  // namespace offhook::inline v0::agent
