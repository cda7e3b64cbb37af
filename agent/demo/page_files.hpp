#pragma once

#include <span>
#include <string_view>

namespace offhook::inline v0::agent::demo {

struct PageFile {
  std::string_view name;  ///< the file's name, such as "page.css"
  std::string_view text;
};

/// Returns the files of page/, which the build puts into the program (cmake/OffhookEmbed.cmake).
[[nodiscard]] std::span<const PageFile> page_files();

}  // namespace offhook::inline v0::agent::demo
