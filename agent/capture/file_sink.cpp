#include <offhook/agent/capture/file_sink.hpp>

#include <offhook/agent/store/line_file.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <utility>

namespace offhook::inline v0::agent::capture {

using store::FileResult;

namespace {
bool is_full(const std::error_code& failed) { return failed == std::errc::no_space_on_device || failed.value() == EDQUOT; }
}  // namespace

base::Result<std::unique_ptr<FileSink>, base::Error> FileSink::open(store::FileSystem& files, std::string path, std::uint64_t most_octets) {
  std::unique_ptr<FileSink> sink(new FileSink(files, std::move(path), most_octets));
  const auto begun = sink->begin();
  if (begun) return sink;
  if (is_full(begun.error())) {
    sink->faults_.on_lost(sink->why(begun.error()), 0);
    return sink;
  }
  return base::fail(base::Error{"capture", begun.error().value(), fmt::format("the capture cannot be written to {}: {}; name another file (--capture, /capture/file)", sink->path_, sink->why(begun.error()))});
}

std::string FileSink::why(const std::error_code& failed) const {
  if (failed == std::errc::device_or_resource_busy) return "another process captures to this file";
  if (failed != std::errc::file_exists) return failed.message();
  const auto beginning = files_.peek(path_, 4);
  return (beginning && is_pcapng(*beginning) ? older() : "the file") + " exists, and is no capture";
}

void FileSink::write_or_count_lost(std::span<const Packet> packets, base::TimePoint now) {
  if (faults_.is_failing() && now < retry_at_) return faults_.on_lost({}, packets.size());
  const auto written = write(packets);
  if (written) return faults_.on_written();
  retry_at_ = now + kRetry;
  faults_.on_lost(why(written.error()), packets.size());
}

FileResult<void> FileSink::write(std::span<const Packet> packets) {
  // An operator may have moved the file away, or emptied it. Begin a new file then, because packets need the section header before them.
  if (file_ && (!file_->is_at(path_) || file_->size() != size_)) file_.reset();
  if (!file_ || size_ >= most_octets_) {
    if (auto begun = begin(); !begun) return begun;
  }
  PcapngWriter writer = writer_;
  std::string blocks;
  for (const Packet& packet : packets) blocks += writer.add(packet);
  auto written = append(blocks);
  if (written) writer_ = writer;  // After a failure, the file lacks the interfaces that these packets may have begun.
  return written;
}

FileResult<void> FileSink::begin() {
  file_.reset();
  const std::string folder = std::filesystem::path(path_).parent_path();
  if (auto made = folder.empty() ? FileResult<void>() : files_.make_folder(folder); !made) return made;
  const auto beginning = files_.peek(path_, 4);
  if (!beginning) return base::fail(beginning.error());
  if (!beginning->empty() && !is_pcapng(*beginning)) return base::fail(std::make_error_code(std::errc::file_exists));
  lock_.reset();  // This sink may itself hold the lock of the file that is at the path now.
  if (auto locked = lock(); !locked) return locked;
  if (!beginning->empty()) {
    if (auto renamed = keep_as_older(); !renamed) return renamed;
    if (auto locked = lock(); !locked) return locked;
  }
  auto opened = files_.open_append(path_);
  if (!opened) return base::fail(opened.error());
  if ((*opened)->size().value_or(1) > 0) return base::fail(std::make_error_code(std::errc::device_or_resource_busy));  // Another program was faster.
  const std::string section = writer_.begin();
  file_ = std::move(*opened);
  size_ = 0;
  auto begun = append(section);
  if (!begun) file_.reset();
  return begun;
}

FileResult<void> FileSink::lock() {
  auto held = files_.try_lock(path_);
  if (!held) return base::fail(held.error());
  if (!*held) return base::fail(std::make_error_code(std::errc::device_or_resource_busy));
  lock_ = std::move(*held);
  return {};
}

FileResult<void> FileSink::keep_as_older() {
  const auto beginning = files_.peek(older(), 4);
  // rename() replaces a symbolic link itself, and not the file to which the link points.
  const bool is_link = !beginning && beginning.error() == std::errc::too_many_symbolic_link_levels;
  if (!is_link && !beginning) return base::fail(beginning.error());
  if (!is_link && !beginning->empty() && !is_pcapng(*beginning)) return base::fail(std::make_error_code(std::errc::file_exists));
  return files_.rename(path_, older());
}

FileResult<void> FileSink::append(const std::string& blocks) {
  auto written = store::write_all(*file_, blocks);
  if (written) size_ += blocks.size();
  else if (!file_->truncate(size_)) file_.reset();  // Begin a new file: a reader cannot find the blocks behind a part of a block.
  return written;
}

}  // namespace offhook::inline v0::agent::capture
