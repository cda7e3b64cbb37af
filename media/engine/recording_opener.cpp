#include <offhook/media/engine/recording_opener.hpp>

#include <offhook/media/engine/file_writer.hpp>
#include <offhook/media/files/wav.hpp>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

namespace offhook::inline v0::media {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

auto failure(OpenFailure::What what, int number) { return base::fail(OpenFailure{.what = what, .number = number, .seal = {}}); }
auto failure(SealError seal) { return base::fail(OpenFailure{.what = OpenFailure::What::Seal, .number = 0, .seal = seal}); }

/// The decrypted output, written to a file or only checked.
class Output {
 public:
  explicit Output(std::optional<FileWriter> file) : file_(std::move(file)) {}

  /// Returns errno's number, or 0.
  int write(base::Bytes octets) {
    const std::size_t wanted = kWavHeaderOctets - std::min(head_.size(), kWavHeaderOctets);
    head_.insert(head_.end(), octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(std::min(wanted, octets.size())));
    if (file_) {
      if (const auto written = file_->write_all(octets, size_); !written) return written.error();
    }
    size_ += octets.size();
    return 0;
  }
  /// Writes the length into the header. The recorder wrote the header before the length was known.
  int renew_wav_header() {
    const auto wav = parse_wav(head_);
    if (!file_ || !wav) return 0;
    const std::uint64_t samples = std::min<std::uint64_t>(size_ - kWavHeaderOctets, kMaxWavDataOctets);
    const auto written = file_->write_all(wav_header(wav->format, static_cast<std::uint32_t>(samples)), 0);
    return written ? 0 : written.error();
  }
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  std::optional<FileWriter> file_;
  std::vector<std::uint8_t> head_;
  std::uint64_t size_ = 0;
};

base::Result<OpenedRecording, OpenFailure> open_all(std::FILE* from, Output& output, const OpenWish& wish, const RecordingKey& key) {
  SealedReader reader(key);
  std::vector<std::uint8_t> sealed, plain;
  for (;;) {
    sealed.resize(reader.wanted());
    const std::size_t got = std::fread(sealed.data(), 1, sealed.size(), from);
    if (std::ferror(from) != 0) return failure(OpenFailure::What::Read, errno);
    if (got < sealed.size()) break;
    plain.clear();
    if (const auto fed = reader.feed(sealed, plain); !fed) return failure(fed.error());
    if (const int number = output.write(plain); number != 0) return failure(OpenFailure::What::Write, number);
  }
  const auto ended = reader.finish();
  if (!ended && (ended.error() != SealError::Cut || !wish.keep_what_is_cut)) return failure(ended.error());
  if (reader.kind() == SealedKind::Wav) {
    if (const int number = output.renew_wav_header(); number != 0) return failure(OpenFailure::What::Write, number);
  }
  return OpenedRecording{.kind = reader.kind().value_or(SealedKind::Wav), .octets = output.size(), .whole = ended.has_value()};
}

}  // namespace

base::Result<OpenedRecording, OpenFailure> open_recording(const OpenWish& wish, const RecordingKey& key) {
  const File from(std::fopen(wish.from.c_str(), "rbe"));
  if (!from) return failure(OpenFailure::What::Read, errno);
  std::optional<FileWriter> file;
  if (!wish.to.empty()) {
    auto made = FileWriter::create(wish.to);
    if (!made) return failure(OpenFailure::What::Write, made.error());
    file.emplace(std::move(*made));
  }
  const bool writes = file.has_value();
  Output output(std::move(file));
  auto opened = open_all(from.get(), output, wish, key);
  if (!opened && writes) ::unlink(wish.to.c_str());
  return opened;
}

}  // namespace offhook::inline v0::media
