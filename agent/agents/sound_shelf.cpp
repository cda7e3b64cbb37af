#include <offhook/agent/agents/sound_shelf.hpp>

#include <offhook/media/hold_music.hpp>

namespace offhook::inline v0::agent {

namespace {

using Found = SoundShelf::Found;

/// Ports run at 8000 and 16,000 Hz (SessionFactory::port_rate_hz).
constexpr media::Prompt::Forms kMusic{.hz_24000 = false, .loops = true};

Found read_music(const std::string& path, const BookSources& sources) {
  if (!sources.files) return Found(nullptr);
  const auto file = sources.files(config::beside(sources.config_path, path), SoundShelf::kMaxFileBytes);
  if (!file) return base::fail(file.error());
  const auto sound = media::read_sound({reinterpret_cast<const std::uint8_t*>(file->text.data()), file->text.size()});
  if (!sound) return base::fail(std::string(media::to_string(sound.error())));
  return media::Prompt::make(*sound, kMusic);
}

}  // namespace

SoundShelf::Found SoundShelf::music(const std::string& path, const BookSources& sources) {
  const auto known = found_.find(path);
  return known != found_.end() ? known->second : found_.emplace(path, read_music(path, sources)).first->second;
}

SoundShelf::Found SoundShelf::quiet() {
  static const auto shared = media::Prompt::make(media::quiet_hold_music(), kMusic);  // A reload needs no other.
  return shared;
}

}  // namespace offhook::inline v0::agent
