#include <offhook/agent/agents/sound_cache.hpp>

#include <offhook/media/files/hold_music.hpp>

namespace offhook::inline v0::agent {

namespace {

using Found = SoundCache::Found;

/// The forms of each sound. No form has 24,000 Hz, because ports run at 8000 and 16,000 Hz (SessionFactory::port_rate_hz).
constexpr media::Prompt::Forms kMusic{.hz_24000 = false, .loops = true};

constexpr media::Prompt::Forms kGreeting{.hz_24000 = false, .pcmu = false, .pcma = false};

Found read(const std::string& path, const DirectorySources& sources, media::Prompt::Forms forms) {
  if (!sources.files) return Found(nullptr);
  const auto file = sources.files(config::beside(sources.config_path, path), SoundCache::kMaxFileBytes);
  if (!file) return base::fail(file.error());
  const auto sound = media::read_sound({reinterpret_cast<const std::uint8_t*>(file->text.data()), file->text.size()});
  if (!sound) return base::fail(std::string(media::to_string(sound.error())));
  return media::Prompt::make(*sound, forms);
}

/// Returns the stored result, or reads the sound and stores the result. Also stores a failure.
template <class Read>
Found once(std::map<std::string, Found, std::less<>>& known, const std::string& path, Read read_it) {
  const auto found = known.find(path);
  return found != known.end() ? found->second : known.emplace(path, read_it()).first->second;
}

}  // namespace

SoundCache::Found SoundCache::music(const std::string& path, const DirectorySources& sources) {
  return once(music_, path, [&] { return read(path, sources, kMusic); });
}

SoundCache::Found SoundCache::greeting(const std::string& path, const DirectorySources& sources) {
  return once(greetings_, path, [&]() -> Found {
    auto sound = read(path, sources, kGreeting);
    if (sound && *sound && (*sound)->frames() > static_cast<std::size_t>(kMaxGreeting / std::chrono::milliseconds(20)))
      return base::fail(std::string("it lasts longer than a minute"));
    return sound;
  });
}

SoundCache::Found SoundCache::quiet() {
  static const auto shared = media::Prompt::make(media::quiet_hold_music(), kMusic);  // A reload uses the same music again.
  return shared;
}

}  // namespace offhook::inline v0::agent
