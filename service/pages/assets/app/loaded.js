// @ts-check
// A picture out of a file that was chosen.

/** @param {Blob} file @returns {Promise<HTMLImageElement | null>} the picture, turned as its EXIF says */
export function loaded(file) {
  const address = URL.createObjectURL(file)
  const picture = new Image()
  return new Promise((resolve) => {
    picture.onload = () => resolve(picture)
    picture.onerror = () => resolve(null)
    picture.src = address
  }).then((found) => {
    URL.revokeObjectURL(address)
    return /** @type {HTMLImageElement | null} */ (found)
  })
}
