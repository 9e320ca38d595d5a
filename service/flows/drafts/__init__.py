"""The workbench: a batch from the first upload until its cards are issued, owned by a body, by whoever is at work.

``desk`` begins, lists, shows, hands over and drops; ``rosters`` reads a spreadsheet and maps its columns; ``rows``
edits in place; ``photos`` takes photographs in pieces; ``faces`` shows the card as it will print; ``issuing`` issues in
the background. Whatever is changed is judged again at once by the functions that judge when cards are issued. All of it
lies in the database, sealed, so any host goes on where another stopped. Every function takes the register and who is
signed in, and answers for another body's draft as for one that is not there.

``background`` does what takes long beside the requests. After ``start_issuing``, and after an archive's last piece,
whoever answers the request calls ``begin_work``; where its process dies, the keeper of any other goes on.
"""
