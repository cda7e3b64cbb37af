#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/result.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace offhook::inline v0::media {

// Ogg, RFC 3533: writes and reads one logical stream as pages in memory. Not for the audio thread: it allocates.

inline constexpr std::size_t kMaxOggSegments = 255;                        ///< segments of a page; each has up to 255 octets
inline constexpr std::size_t kMaxOggPacket = 65024;                        ///< limit for writing: fits one page, so that no packet is split
inline constexpr std::size_t kMaxOggReadPacket = std::size_t{1} << 20U;    ///< limit for reading: comments with a picture are larger

enum class OggError : std::uint8_t {
  NotOgg,          ///< there is no page where a page must start
  BadVersion,
  BadChecksum,     ///< the page was changed
  Cut,             ///< the last page is incomplete: its writer was stopped, but all earlier pages are valid
  Lost,            ///< a page is missing
  PacketTooLarge,  ///< a packet has more than kMaxOggReadPacket octets
};
[[nodiscard]] std::string_view to_string(OggError error);

/// Writes packets into pages: RFC 3533 section 6. Each page that it writes is complete, with its checksum.
class OggWriter {
 public:
  explicit OggWriter(std::uint32_t serial) : serial_(serial) {}

  /// Adds a packet. `position` is the granule position at the packet's end; its unit depends on the codec. Appends full pages to `out`. Returns
  /// false, and adds nothing, if the packet has more than kMaxOggPacket octets.
  [[nodiscard]] bool add(base::Bytes packet, std::uint64_t position, std::vector<std::uint8_t>& out);
  /// Writes the page that is being filled.
  void flush(std::vector<std::uint8_t>& out);
  /// Writes the last page, with `position`. If no page is being filled, the last page is empty.
  void finish(std::uint64_t position, std::vector<std::uint8_t>& out);
  [[nodiscard]] std::size_t waiting() const { return packets_; }  ///< packets in the page that is being filled

 private:
  void write_page(std::uint8_t flags, std::vector<std::uint8_t>& out);

  std::uint32_t serial_, sequence_ = 0;
  std::uint64_t position_ = 0;
  std::size_t packets_ = 0;
  std::vector<std::uint8_t> lacing_, body_;
};

struct OggPacket {
  base::Bytes octets;                        ///< valid until next() runs again
  std::optional<std::uint64_t> position;     ///< position of the page, only for the last packet that ends on it
  bool last = false;                         ///< true if the page is marked as the stream's last
};

/// Reads the packets of the first stream of a file in memory. Skips other streams.
class OggReader {
 public:
  /// Borrows `file` while the reader exists.
  explicit OggReader(base::Bytes file) : rest_(file) {}

  /// Returns the next packet, or nullopt at the end of the file or of the stream. Reading cannot continue after an error.
  [[nodiscard]] base::Result<std::optional<OggPacket>, OggError> next();

 private:
  [[nodiscard]] base::Result<bool, OggError> next_page();
  [[nodiscard]] base::Result<void, OggError> enter(base::Bytes page);
  [[nodiscard]] base::Bytes take_segments(bool& ends);

  base::Bytes rest_;                    // the file after the page that is being read
  base::Bytes lacing_, body_;           // unread parts of that page
  std::optional<std::uint32_t> serial_;
  std::uint32_t sequence_ = 0;          // number of the next page
  std::uint64_t position_ = 0;
  bool last_page_ = false;
  std::vector<std::uint8_t> packet_;    // a packet that continues over several pages
};

}  // namespace offhook::inline v0::media
