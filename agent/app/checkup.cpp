#include <offhook/agent/app/checkup.hpp>

#include <offhook/agent/agents/directory_builder.hpp>
#include <offhook/agent/app/agent_options.hpp>
#include <offhook/agent/config/changes.hpp>
#include <offhook/agent/config/report.hpp>
#include <offhook/agent/phone/call_signer.hpp>
#include <offhook/agent/phone/caller_check.hpp>
#include <offhook/agent/providers/embedded/dialogue.hpp>
#include <offhook/agent/providers/embedded/flite_voice.hpp>
#include <offhook/agent/providers/embedded/provider.hpp>
#include <offhook/agent/providers/embedded/sphinx_decoder.hpp>
#include <offhook/agent/providers/registry/registry.hpp>
#include <offhook/agent/store/folder.hpp>
#include <offhook/media/engine/silero_model.hpp>
#include <offhook/sip/transport/tls_check.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

namespace offhook::inline v0::agent {

namespace {

void check_dialogue(const std::string& path, Checkup& out) {
  const auto dialogue = embedded::load_dialogue(path);
  if (!dialogue) {
    out.problems.push_back({"/agent/dialogue", "a file that is not a valid dialogue (" + dialogue.error().detail + ")",
                            "the path of a dialogue as docs/embedded-speech.md describes", "correct it, or name another file"});
    return;
  }
  const embedded::EmbeddedOptions usual;
  const auto files = embedded::DecoderFiles::make(*dialogue, usual.model_path, usual.dictionary_path);
  if (!files) {
    out.problems.push_back({"/agent/provider", files.error().detail, "an installed recogniser", "install the package that it names"});
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

bool check_readable(const std::string& where, const std::string& path, const char* allowed, Checkup& out) {
  if (path.empty()) return true;
  const auto file = config::disk_files()(path, 0);
  if (file || file.error() == config::kFileTooLarge) return true;
  // A key should be readable by the service's user only, and the user that runs the check may be a different one.
  if (file.error() == std::strerror(EACCES))
    out.warnings.push_back({where, "this user may not read " + path + "; if the service's user may not read it either, the service does not start"});
  else
    out.problems.push_back({where, "a file that cannot be read (" + file.error() + ")", allowed, "check the path: it starts at the folder of the configuration file"});
  return false;
}

/// Reads the TLS files as the telephone does at its start. Checks first that each file is readable, because TLS itself gives vague errors.
void check_tls_files(const sip::TlsOptions& tls, Checkup& out) {
  bool all_there = check_readable("/sip/tls/ca_file", tls.ca_file, "a file of certificates (PEM)", out);
  all_there &= check_readable("/sip/tls/certificate", tls.certificate_file, "a file with Offhook's certificate and its chain (PEM)", out);
  all_there &= check_readable("/sip/tls/key", tls.key_file, "the file of the certificate's key (PEM)", out);
  if (!all_there) return;
  if (!tls.certificate_file.empty() && !sip::check_tls({.certificate_file = tls.certificate_file, .key_file = tls.key_file}))
    out.problems.push_back({"/sip/tls/certificate", "no certificate to which /sip/tls/key belongs", "a certificate and its key, without a passphrase (PEM)",
                            "check the content of the two files"});
  if (!tls.ca_file.empty() && !sip::check_tls({.ca_file = tls.ca_file}))
    out.problems.push_back({"/sip/tls/ca_file", "a file without a certificate", "a file of certificates (PEM)", "check the content of the file"});
  if (!tls.pins.empty() && !sip::check_tls({.verify = sip::TlsOptions::Verify::Pinned, .pins = tls.pins}))
    out.problems.push_back({"/sip/tls/pin", "text that is not a pin", "the SHA-256 hash of a public key, in base64", "write it as docs/configuration.md describes"});
}

std::optional<std::string> why_not_verified(const phone::IdentityOptions::Verifying& options) {
  const auto opened = phone::CallerCheck::open(options);
  return opened ? std::nullopt : std::optional(opened.error().detail);
}

/// Reads the files as the telephone does at its start.
void check_identity_files(const phone::IdentityOptions& identity, Checkup& out) {
  const std::string where = "/sip/identity";
  if (const auto& verifying = identity.verifying) {
    bool all_there = check_readable(where + "/trust_file", verifying->trust_file, "a file of certificates (PEM)", out);
    for (std::size_t i = 0; i < verifying->certificates.size(); ++i)
      all_there &= check_readable(where + "/certificates/" + std::to_string(i) + "/file", verifying->certificates[i].file, "a file of certificates (PEM)", out);
    if (const auto why = all_there ? why_not_verified(*verifying) : std::nullopt)
      out.problems.push_back({where, *why, "certificates that lead to a trusted certificate", "check the content of the file"});
  }
  const auto& signing = identity.signing;
  if (!signing || !check_readable(where + "/sign/key", signing->key_file, "the file of a key (PEM)", out)) return;
  if (const auto opened = phone::CallSigner::open(*signing); !opened)
    out.problems.push_back({where + "/sign", opened.error().detail, "a key on P-256 and the address of its certificate", "check the content of the file"});
}

/// Warns about configured folders in which this user cannot write. The service does not start without them, but may run as a different user.
void warn_of_folders(const config::Config& config, Checkup& out) {
  const auto look = [&out](const char* where, const std::string& folder) {
    if (folder.empty()) return;
    if (const auto why = store::why_not_kept_in(folder))
      out.warnings.push_back({where, "this user cannot store files in " + folder + " (" + *why + "); if the service's user cannot either, the service does not start"});
  };
  if (config.records.folder != "off") look("/records/folder", config.records.folder);
  if (!config::who_transcribes(config).empty()) look("/transcripts/folder", config.transcripts.folder);
  if (!config::who_records(config).empty()) look("/recordings/folder", config.recordings.folder);
  if (!config.capture.file.empty()) look("/capture/file", std::filesystem::path(config::beside(config.path, config.capture.file)).parent_path().string());
}

/// Warns only, because calls work without the model. The check runs the library of the model, so call it only for a usable configuration.
void warn_of_voice_model(const config::Media& media, const std::string& default_silero, Checkup& out) {
  if (media.voice_activity != "silero") return;
  const auto model = media::open_silero(media.voice_model.empty() ? default_silero : media.voice_model);
  if (!model) out.warnings.push_back({"/media/voice_activity", model.error() + "; calls use the spectral detector; docs/voice-activity.md describes the installation of the model"});
}

/// Warns when other users may read the configuration file. That matters only when the file itself contains a secret.
void warn_of_readers(const config::Sources& sources, const config::Effective& effective, Checkup& out) {
  if (!effective.holds_secret || !sources.path) return;
  using std::filesystem::perms;
  std::error_code failed;
  const auto mode = std::filesystem::status(*sources.path, failed).permissions();
  if (!failed && (mode & (perms::group_read | perms::others_read)) != perms::none)
    out.warnings.push_back({*sources.path, "holds a password, and other users may read it: chmod 600"});
}

/// Checks the dialogues of the agents that use the embedded parts.
void check_embedded(const AgentDirectory& directory, Checkup& out) {
  std::vector<std::string> seen;
  const auto check = [&](const AgentProfile& profile) {
    if (!uses(profile, local_kind()) || std::find(seen.begin(), seen.end(), profile.dialogue) != seen.end()) return;
    seen.push_back(profile.dialogue);
    check_dialogue(profile.dialogue, out);
  };
  check(*directory.otherwise());
  for (const auto& entry : directory.entries()) check(*entry.profile);
  if (!seen.empty()) out.dialogue = seen.front();
}

}  // namespace

Checkup check_up(const config::Sources& sources, const std::string& default_dialogue, const std::string& default_silero) {
  Checkup out;
  const auto effective = config::read(sources);
  auto built = build_directory(effective, {sources.path, config::disk_files(), default_dialogue});
  out.problems = effective.problems;
  out.proxy = effective.config.proxies.shown();
  out.problems.insert(out.problems.end(), built.problems.begin(), built.problems.end());
  if (built.directory) check_embedded(*built.directory, out);
  else check_dialogue(to_agent_options(effective.config, default_dialogue).embedded.dialogue_path, out);
  if (const auto voice = embedded::FliteVoice::make(embedded_voice(effective.config.agent.voice)); !voice)
    out.problems.push_back({"/agent/voice", voice.error().detail, "an installed voice", "name an installed voice"});
  if (effective.problems.empty()) {
    if (const auto tls = to_agent_options(effective.config, default_dialogue).phone.sip.tls) check_tls_files(*tls, out);
    check_identity_files(to_agent_options(effective.config, default_dialogue).phone.identity, out);
    warn_of_settings(effective.config, out);
    warn_of_folders(effective.config, out);
    warn_of_voice_model(effective.config.media, default_silero, out);
  }
  out.warnings.insert(out.warnings.end(), effective.warnings.begin(), effective.warnings.end());
  out.warnings.insert(out.warnings.end(), built.warnings.begin(), built.warnings.end());
  warn_of_readers(sources, effective, out);
  config::add_positions(effective, out.problems);
  shorten(out.problems);
  return out;
}

namespace {

JsonValue online_json(const std::vector<setup::Finding>& online) {
  JsonValue list{.kind = JsonValue::Kind::List};
  for (const setup::Finding& found : online)
    list.items.push_back(json_object({{"good", json_flag(found.good)}, {"what", json_text(found.what)}}));
  return list;
}

}  // namespace

std::string to_json(const Checkup& checkup) {
  JsonValue warnings{.kind = JsonValue::Kind::List};
  for (const Warning& warning : checkup.warnings)
    warnings.items.push_back(json_object({{"where", json_text(warning.where)}, {"what", json_text(warning.what)}}));
  JsonValue result = json_object({{"usable", json_flag(checkup.problems.empty())},
                                  {"problems", config::problems_json(checkup.problems)},
                                  {"warnings", std::move(warnings)},
                                  {"proxy", json_text(checkup.proxy)},
                                  {"dialogue", checkup.dialogue.empty() ? JsonValue{} : json_text(checkup.dialogue)}});
  if (!checkup.online.empty()) result.members.emplace_back("online", online_json(checkup.online));
  return write_json(result);
}

}  // namespace offhook::inline v0::agent
