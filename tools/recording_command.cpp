#include <offhook/agent/config/variables.hpp>
#include <offhook/media/engine/recording_opener.hpp>
#include <offhook/tools/commands.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>

namespace offhook::tools {

namespace {

constexpr const char* kKeyVariable = "OFFHOOK_RECORDING_KEY";

int complain(int code, const std::string& why) {
  fmt::print(stderr, "offhook recording: {}\n", why);
  return code;
}

std::optional<std::string> key_text(const std::string& file) {
  if (file.empty()) {
    for (const std::string& name : agent::config::find_variable(kKeyVariable)->names) {
      const char* value = std::getenv(name.c_str());
      if (value != nullptr && *value != '\0') return value;  // An empty value counts as not set, as for the settings.
    }
    return std::nullopt;
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::string reason(const media::OpenFailure& failure, const RecordingArguments& arguments) {
  switch (failure.what) {
    case media::OpenFailure::What::Read: return fmt::format("{}: {}", arguments.file, std::strerror(failure.number));
    case media::OpenFailure::What::Write: return fmt::format("{}: {}", arguments.out, std::strerror(failure.number));
    case media::OpenFailure::What::Seal: break;
  }
  std::string why = fmt::format("{}: {}", arguments.file, media::to_string(failure.seal));
  if (failure.seal == media::SealError::Cut) why += ". The agent was stopped, or is still recording: --cut opens the part that exists";
  return why;
}

}  // namespace

int recording(const RecordingArguments& arguments) {
  const bool writes = arguments.what == "open";
  if (writes && arguments.out.empty()) return complain(kUsage, "open needs --out FILE");
  const auto text = key_text(arguments.key_file);
  if (!text) {
    return complain(kUsage, arguments.key_file.empty() ? fmt::format("set {}, or name a file with --key-file", kKeyVariable)
                                                       : fmt::format("{}: {}", arguments.key_file, std::strerror(errno)));
  }
  const auto key = media::parse_recording_key(*text);
  if (!key) return complain(kUsage, std::string(media::to_string(key.error())));
  const media::OpenWish wish{.from = arguments.file, .to = writes ? arguments.out : "", .keep_what_is_cut = arguments.cut};
  const auto opened = media::open_recording(wish, *key);
  if (!opened) return complain(kFailed, reason(opened.error(), arguments));
  if (!opened->whole) complain(kOk, fmt::format("{}: its end is missing; the part that exists was opened", arguments.file));
  const bool is_wav = opened->kind == media::SealedKind::Wav;
  fmt::print("{}: {}, {} octets\n", writes ? arguments.out : arguments.file, is_wav ? "WAV" : "Opus in Ogg", opened->octets);
  return kOk;
}

}  // namespace offhook::tools
