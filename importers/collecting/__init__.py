"""What is collected: sources that name pictures, their licences, and the fetching of them."""
