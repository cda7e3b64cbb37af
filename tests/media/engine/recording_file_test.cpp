#include "recording_folder.hpp"

#include <offhook/media/engine/recording_file.hpp>
#include <offhook/media/engine/recording_opener.hpp>
#include <offhook/media/files/wav.hpp>

#include <doctest/doctest.h>

#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>

using namespace offhook;
using namespace offhook_test;
using media::RecordingFormat;
using media::SealError;

namespace {

media::RecordingOrder order(const RecordingFolder& folder, RecordingFormat format, bool sealed) {
  media::RecordingOrder made{.path = folder.file("call"), .shape = {.format = format, .rate_hz = 8000}, .key = {}};
  if (sealed) made.key = recording_key();
  return made;
}

media::RecordingFile create(const media::RecordingOrder& order) {
  base::SeededRandom random(4);
  auto made = media::RecordingFile::create(order, random);
  REQUIRE(made);
  return std::move(*made);
}

/// Acts like a full disk: limits the length of all files of this process.
class FullDisk {
 public:
  explicit FullDisk(rlim_t octets) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    signal_ = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{octets, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
  void (*signal_)(int) = nullptr;
};

}  // namespace

TEST_CASE("After each flush, a WAV file contains all frames that were added, and its header stays the same until the next flush") {
  const RecordingFolder folder;
  auto file = create(order(folder, RecordingFormat::Wav, false));
  for (std::uint64_t tick = 0; tick < 50; ++tick) file.add(frame_of(tick));
  CHECK(media::parse_wav(folder.read("call"))->frames() == 0);
  CHECK(folder.read("call").size() + media::RecordingFile::kPiece > 50 * 640);  // At most kPiece octets wait in memory.
  REQUIRE(file.flush());
  CHECK(file.kept() == 50);
  for (std::uint64_t tick = 50; tick < 60; ++tick) file.add(frame_of(tick));
  auto octets = folder.read("call");
  auto wav = media::parse_wav(octets);
  REQUIRE(wav);
  CHECK(wav->frames() == 50 * 160);
  CHECK(wav->sample(49 * 160, 0) == 49);
  CHECK(wav->sample(49 * 160, 1) == ~49);
  REQUIRE(file.finish());
  REQUIRE(file.finish());  // The second finish() does nothing.
  octets = folder.read("call");
  CHECK(media::parse_wav(octets)->frames() == 60 * 160);
  CHECK(octets.size() == file.octets());
  file.add(frame_of(60));
  CHECK(file.lost() == 1);
}

TEST_CASE("Only its owner can read a RecordingFile, and RecordingFile never overwrites a file") {
  const RecordingFolder folder;
  const auto first = create(order(folder, RecordingFormat::Wav, false));
  struct stat about{};
  REQUIRE(::stat(folder.file("call").c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  base::SeededRandom random(1);
  CHECK(media::RecordingFile::create(order(folder, RecordingFormat::Wav, false), random) == base::fail(EEXIST));
  std::filesystem::create_symlink(folder.file("elsewhere"), folder.file("link"));
  CHECK(media::RecordingFile::create({.path = folder.file("link"), .shape = {}, .key = {}}, random) == base::fail(EEXIST));
  CHECK(media::RecordingFile::create({.path = folder.file("none/call"), .shape = {}, .key = {}}, random) == base::fail(ENOENT));
}

TEST_CASE("Encrypted files of both formats open to the same contents as plain files. The WAV header then has the right length") {
  for (const auto format : {RecordingFormat::Wav, RecordingFormat::OggOpus}) {
    CAPTURE(static_cast<int>(format));
    const RecordingFolder folder;
    auto file = create(order(folder, format, true));
    for (std::uint64_t tick = 0; tick < 120; ++tick) {
      file.add(frame_of(tick));
      if (tick % 50 == 49) REQUIRE(file.flush());
    }
    REQUIRE(file.finish());
    const auto opened = media::open_recording({.from = folder.file("call"), .to = folder.file("plain")}, recording_key());
    REQUIRE(opened);
    CHECK(opened->whole);
    const auto plain = folder.read("plain");
    CHECK(opened->octets == plain.size());
    if (format == RecordingFormat::Wav) {
      CHECK(opened->kind == media::SealedKind::Wav);
      const auto wav = media::parse_wav(plain);
      REQUIRE(wav);
      CHECK(plain.size() == media::kWavHeaderOctets + 120 * 640);
      const auto header = media::wav_header(wav->format, 120 * 640);
      CHECK(std::equal(header.begin(), header.end(), plain.begin()));
      for (std::size_t tick = 0; tick < 120; ++tick) CHECK(wav->sample(tick * 160 + 80, 1) == ~static_cast<int>(tick));
    } else {
      CHECK(opened->kind == media::SealedKind::OggOpus);
      const auto decoded = media::decode_ogg_opus(plain, 8000, 120 * 160);
      REQUIRE(decoded);
      CHECK(decoded->whole);
      CHECK(decoded->channels[0].size() == 120 * 160);
    }
  }
}

TEST_CASE("open_recording refuses an altered file, returns the reason, and leaves no file behind") {
  const RecordingFolder folder;
  auto file = create(order(folder, RecordingFormat::Wav, true));
  for (std::uint64_t tick = 0; tick < 20; ++tick) {
    file.add(frame_of(tick));
    if (tick % 5 == 4) REQUIRE(file.flush());
  }
  REQUIRE(file.finish());
  const Octets good = folder.read("call");
  const auto try_to_open = [&](const Octets& octets, const media::RecordingKey& key, bool keep = false) {
    folder.write("bad", octets);
    const auto opened = media::open_recording({.from = folder.file("bad"), .to = folder.file("out"), .keep_what_is_cut = keep}, key);
    REQUIRE_FALSE(opened);
    CHECK_FALSE(std::filesystem::exists(folder.file("out")));
    CHECK(opened.error().what == media::OpenFailure::What::Seal);
    return opened.error().seal;
  };
  auto other = recording_key();
  other[0] ^= 1;
  CHECK(try_to_open(good, other) == SealError::WrongKey);
  CHECK(try_to_open(Octets(good.begin(), good.end() - 1), recording_key()) == SealError::Cut);
  Octets changed = good;
  changed[good.size() / 2] ^= 1;
  CHECK(try_to_open(changed, recording_key()) == SealError::Altered);
  CHECK(try_to_open(changed, recording_key(), true) == SealError::Altered);  // keep_what_is_cut does not accept altered octets.
  Octets longer = good;
  longer.push_back(0);
  CHECK(try_to_open(longer, recording_key()) == SealError::TrailingOctets);
  CHECK(try_to_open(Octets(30, 1), recording_key()) == SealError::NotSealed);
  // Without a target, open_recording only checks the file. It never overwrites an existing file.
  CHECK(media::open_recording({.from = folder.file("call"), .to = ""}, recording_key()));
  const auto there = media::open_recording({.from = folder.file("call"), .to = folder.file("bad")}, recording_key());
  REQUIRE_FALSE(there);
  CHECK(there.error().what == media::OpenFailure::What::Write);
  CHECK(there.error().number == EEXIST);
  const auto none = media::open_recording({.from = folder.file("none"), .to = ""}, recording_key());
  CHECK(none.error().what == media::OpenFailure::What::Read);
}

TEST_CASE("If a file is cut off, open_recording with keep_what_is_cut writes a playable WAV that ends at the last whole chunk") {
  const RecordingFolder folder;
  auto file = create(order(folder, RecordingFormat::Wav, true));
  for (std::uint64_t tick = 0; tick < 20; ++tick) {
    file.add(frame_of(tick));
    if (tick % 5 == 4) REQUIRE(file.flush());
  }
  Octets torn = folder.read("call");
  torn.erase(torn.end() - 100, torn.end());
  folder.write("torn", torn);
  const media::OpenWish wish{.from = folder.file("torn"), .to = folder.file("plain"), .keep_what_is_cut = true};
  const auto opened = media::open_recording(wish, recording_key());
  REQUIRE(opened);
  CHECK_FALSE(opened->whole);
  const auto plain = folder.read("plain");
  const auto wav = media::parse_wav(plain);
  REQUIRE(wav);
  CHECK(wav->frames() == 15 * 160);
  CHECK(wav->sample(14 * 160, 0) == 14);
}

TEST_CASE("If the disk is full, RecordingFile loses nothing that was written. When the disk has space again, it continues where it stopped") {
  for (const bool sealed : {false, true}) {
    CAPTURE(sealed);
    const RecordingFolder folder;
    auto file = create(order(folder, RecordingFormat::Wav, sealed));
    for (std::uint64_t tick = 0; tick < 10; ++tick) file.add(frame_of(tick));
    REQUIRE(file.flush());
    {
      const FullDisk full(file.octets() + 1000);
      for (std::uint64_t tick = 10; tick < 20; ++tick) file.add(frame_of(tick));
      const auto refused = file.flush();
      REQUIRE_FALSE(refused);
      CHECK(refused == base::fail(EFBIG));
      CHECK(file.kept() == 10);
      if (!sealed) CHECK(media::parse_wav(folder.read("call"))->frames() == 10 * 160);
    }
    file.add(frame_of(20));
    REQUIRE(file.finish());
    CHECK(file.kept() == 21);
    auto plain = folder.read("call");
    if (sealed) {
      REQUIRE(media::open_recording({.from = folder.file("call"), .to = folder.file("plain")}, recording_key()));
      plain = folder.read("plain");
    }
    const auto wav = media::parse_wav(plain);
    REQUIRE(wav);
    CHECK(wav->frames() == 21 * 160);
    for (std::size_t tick = 0; tick < 21; ++tick) CHECK(wav->sample(tick * 160 + 3, 0) == static_cast<int>(tick));
  }
}

TEST_CASE("While the disk accepts nothing, kMaxWaiting octets wait in memory. Further frames are lost and counted, and become silence") {
  const RecordingFolder folder;
  auto file = create(order(folder, RecordingFormat::Wav, false));
  std::uint64_t tick = 0;
  {
    const FullDisk full(0);
    const std::uint64_t fit = (media::RecordingFile::kMaxWaiting - media::kWavHeaderOctets) / 640 + 1;
    for (; tick < fit; ++tick) file.add(frame_of(tick));
    CHECK_FALSE(file.flush());
    CHECK(file.lost() == 0);
    file.add(frame_of(tick++));
    CHECK(file.lost() == 1);
  }
  REQUIRE(file.flush());
  file.add(frame_of(tick));
  REQUIRE(file.finish());
  CHECK(file.counters().silent == 1);
  CHECK(media::parse_wav(folder.read("call"))->frames() == (tick + 1) * 160);
}
